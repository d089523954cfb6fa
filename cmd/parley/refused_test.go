package main_test

import (
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	"parley/adapters/adaptertest/logtest"
	"parley/adapters/eventnode/transport"
	"parley/domain/eventlog"
)

// theirUser is whom a secured store knows, and itsUser how a connection string names
// the same.
var theirUser = transport.Credentials{User: "parley", Password: "s3/cret"}

const itsUser = "parley:s3%2Fcret@"

// withoutReads refuses whoever reads, as a real server does whom no $acl lets.
func withoutReads(srv any, call grpc.ServerStream, info *grpc.StreamServerInfo, handler grpc.StreamHandler) error {
	if info.FullMethod != streams.Streams_Read_FullMethodName {
		return handler(srv, call)
	}
	call.SetTrailer(metadata.Pairs("exception", "access-denied"))
	return status.Error(codes.PermissionDenied, "access denied")
}

// refusing is a way in which a store refuses a server. What mends it is the store's
// new configuration, or nothing where it is the server's own settings that are wrong.
type refusing struct {
	is         string
	wants      eventlog.Refusal
	secured    bool
	store      transport.Config
	connection func(address, authority string) string
	mended     *transport.Config
}

var refusals = []refusing{
	{
		is: "a wrong password", wants: eventlog.RefusedCredentials, secured: true,
		store: transport.Config{Writable: true, Credentials: transport.Credentials{User: "parley", Password: "other"}},
		connection: func(address, authority string) string {
			return "esdb://" + itsUser + address + "?tlsCAFile=" + authority
		},
		mended: &transport.Config{Writable: true, Credentials: theirUser},
	},
	{
		is: "no credentials", wants: eventlog.RefusedRights, secured: true,
		store:      transport.Config{Writable: true, Credentials: theirUser},
		connection: func(address, authority string) string { return "esdb://" + address + "?tlsCAFile=" + authority },
	},
	{
		is: "an authority that is not trusted", wants: eventlog.RefusedCertificate, secured: true,
		store:      transport.Config{Writable: true, Credentials: theirUser},
		connection: func(address, _ string) string { return "esdb://" + itsUser + address },
	},
	{
		is: "TLS where there is none", wants: eventlog.RefusedAddress,
		store:      transport.Config{Writable: true},
		connection: func(address, _ string) string { return "esdb://" + address },
	},
	{
		is: "no right to read", wants: eventlog.RefusedRights,
		store:      transport.Config{Writable: true, Options: []grpc.ServerOption{grpc.ChainStreamInterceptor(withoutReads)}},
		connection: func(address, _ string) string { return "esdb://" + address + "?tls=false" },
		mended:     &transport.Config{Writable: true},
	},
	{
		is: "no right to write", wants: eventlog.RefusedRights,
		connection: func(address, _ string) string { return "esdb://" + address + "?tls=false" },
		mended:     &transport.Config{Writable: true},
	},
}

// While a store refuses a server, that is not ready and says to everybody which
// setting is wrong and what to do, its log says it too, and it claims no connection
// that was of no use. Once somebody has mended the store, it goes on by itself.
func TestServe_says_what_the_event_store_refuses(t *testing.T) {
	t.Parallel()
	for _, c := range refusals {
		t.Run(c.is, func(t *testing.T) {
			t.Parallel()
			w, connection := c.serve(t)
			p := launch(t, []string{"--data", t.TempDir(), "--eventstore", connection}, "--log-level", "info")
			p.saysUnready(c.wants.Advice())
			eventually(t, startLimit, "the log says it, too", func() bool { return strings.Contains(p.output(), c.wants.Advice()) })
			if c.is != "no right to write" && strings.Contains(p.output(), "event store connected") {
				t.Error("the log claims a connection")
			}
			if strings.Contains(p.output(), "s3/cret") || strings.Contains(p.output(), itsUser) {
				t.Error("the log has the password")
			}
			if c.mended == nil {
				return
			}
			w.stop(t)
			w.config = *c.mended
			w.start(t)
			p.awaitReady()
			p.showsWhatIsSaid(p.begin("mended"), "mended")
			if !strings.Contains(p.output(), "event store connected") {
				t.Error("the log does not say that there is a connection")
			}
		})
	}
}

// serve serves the store and returns how a server connects to it.
func (c refusing) serve(t *testing.T) (w *wire, connection string) {
	t.Helper()
	authority := ""
	if c.secured {
		w, authority = securedWire(t)
	} else {
		w = startWire(t)
	}
	w.stop(t)
	w.config = c.store
	w.start(t)
	return w, c.connection(w.address, authority)
}

// saysUnready waits until everybody who asks whether the server is ready is told a
// reason.
func (p *program) saysUnready(reason string) {
	p.t.Helper()
	var last string
	defer func() { p.t.Logf("the server says %s", last) }()
	eventually(p.t, startLimit, "the server says: "+reason, func() bool {
		answer, err := p.withToken("").try(http.MethodGet, "/readyz", nil)
		if err != nil {
			return false
		}
		last = string(answer.body)
		return answer.status == http.StatusServiceUnavailable && strings.Contains(last, reason)
	})
}

// A server waits for a store that does not answer at all, and says where to look.
func TestServe_names_the_address_at_which_no_event_store_is(t *testing.T) {
	t.Parallel()
	address := freeAddress(t)
	p := launch(t, []string{"--data", t.TempDir(), "--eventstore", "esdb://" + address + "?tls=false"})
	p.saysUnready("the event store cannot be reached")
	w := &wire{config: transport.Config{Writable: true}, address: address}
	w.open(t, logtest.Spaced(t.TempDir()))
	p.awaitReady()
}

// A setting that cannot work ends the program at once.
func TestServe_names_the_file_of_an_authority_that_is_not_there(t *testing.T) {
	t.Parallel()
	missing := filepath.Join(t.TempDir(), "authority.crt")
	for _, user := range []string{"", "parley:hidden@"} {
		wantUsageError(t, []string{"serve", "--eventstore", "esdb://" + user + "127.0.0.1:1?tlsCAFile=" + missing}, missing)
	}
}
