package eventstore_test

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	"parley/adapters/adaptertest/certtest"
	"parley/adapters/eventnode/transport"
	"parley/adapters/eventstore"
	"parley/domain/eventlog"
)

// secured serves a node with TLS to who shows credentials, with a certificate for
// the hosts. It returns the file of the certificate's authority, too.
func secured(t *testing.T, clients tls.ClientAuthType, hosts ...string) (s *server, authority string) {
	t.Helper()
	issuer, err := certtest.NewAuthority("test")
	if err != nil {
		t.Fatal(err)
	}
	issued, err := issuer.Issue("node", hosts...)
	if err != nil {
		t.Fatal(err)
	}
	pair, err := tls.X509KeyPair(issued.Cert, issued.Key)
	if err != nil {
		t.Fatal(err)
	}
	authority = filepath.Join(t.TempDir(), "authority.crt")
	if err := os.WriteFile(authority, issuer.PEM, 0o600); err != nil {
		t.Fatal(err)
	}
	config := &tls.Config{Certificates: []tls.Certificate{pair}, NextProtos: []string{"h2"}, ClientAuth: clients}
	s = &server{
		T:      t,
		config: transport.Config{Writable: true, Credentials: transport.Credentials{User: "parley", Password: "s3/cret"}},
		wrap:   func(l net.Listener) net.Listener { return tls.NewListener(l, config) },
	}
	s.open(newNode(t))
	return s, authority
}

// serveGRPC serves gRPC without any service.
func serveGRPC(t *testing.T) (address string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := grpc.NewServer()
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	t.Cleanup(func() {
		server.Stop()
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
	return listener.Addr().String()
}

// What keeps the store from connecting is said by its kind, with what to do, and
// never by a password; nobody says that it is connected.
func TestConnect_says_what_is_wrong(t *testing.T) {
	t.Parallel()
	good, authority := secured(t, tls.NoClientCert, "127.0.0.1")
	elsewhere, _ := secured(t, tls.NoClientCert, "elsewhere.example")
	mutual, mutualAuthority := secured(t, tls.RequireAnyClientCert, "127.0.0.1")
	web := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(web.Close)
	secureWeb := httptest.NewUnstartedServer(http.NotFoundHandler())
	secureWeb.EnableHTTP2 = true
	secureWeb.StartTLS()
	t.Cleanup(secureWeb.Close)
	plain, old, silent, denies := serve(t), serve(t), serve(t), serve(t)
	old.says(func(said *script) { said.version = "22.10.5" })
	silent.says(func(said *script) { said.version = "none" })
	denies.says(func(said *script) {
		said.read = func(*streams.ReadReq_Options, metadata.MD) error {
			return status.Error(codes.PermissionDenied, "Access Denied")
		}
	})
	bare := serveGRPC(t)
	for name, c := range map[string]struct {
		text string
		want eventlog.Refusal
	}{
		"a wrong password":           {"esdb://parley:s3cret@" + good.address + "?tlsCAFile=" + authority, eventlog.RefusedCredentials},
		"no credentials":             {"esdb://" + good.address + "?tlsCAFile=" + authority, eventlog.RefusedRights},
		"no rights":                  {"esdb://" + denies.address + "?tls=false", eventlog.RefusedRights},
		"an unknown authority":       {"esdb://parley:s3%2Fcret@" + good.address, eventlog.RefusedCertificate},
		"a certificate of others":    {"esdb://parley:s3%2Fcret@" + elsewhere.address + "?tlsCAFile=" + authority, eventlog.RefusedCertificate},
		"no certificate of its own":  {"esdb://parley:s3%2Fcret@" + mutual.address + "?tlsCAFile=" + mutualAuthority, eventlog.RefusedCertificate},
		"TLS to a plain server":      {"esdb://" + plain.address, eventlog.RefusedAddress},
		"no TLS to a secured server": {"esdb://" + good.address + "?tls=false", eventlog.RefusedAddress},
		"a web server":               {"esdb://" + web.Listener.Addr().String() + "?tls=false", eventlog.RefusedAddress},
		"a secured web server":       {"esdb://" + secureWeb.Listener.Addr().String() + "?tlsVerifyCert=false", eventlog.RefusedAddress},
		"another gRPC server":        {"esdb://" + bare + "?tls=false", eventlog.RefusedAddress},
		"another one to discover":    {"esdb+discover://" + bare + "?tls=false", eventlog.RefusedAddress},
		"a name that is none":        {"esdb://no-such-host.invalid:2113?tls=false", eventlog.RefusedAddress},
		"an old server":              {"esdb://" + old.address + "?tls=false", eventlog.RefusedVersion},
		"a server without a version": {"esdb://" + silent.address + "?tls=false", eventlog.RefusedVersion},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			log := &notebook{}
			store := openWith(t, eventstore.Config{ConnectionString: c.text, Logger: log.logger()})
			awaitTrouble(t, store, name, refuses(c.want, "connect"))
			ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
			defer cancel()
			if _, err := store.End(ctx); !refuses(c.want, "connect")(err) || !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("a call fails with %v, want the refusal", err)
			}
			if len(log.with("refused="+string(c.want), "advice="+c.want.Advice())) == 0 {
				t.Errorf("it was not logged: %v", log.with(""))
			}
			if n := log.with("connected"); len(n) > 0 {
				t.Errorf("it was said to be connected: %v", n)
			}
			for _, entry := range log.with("s3") {
				t.Errorf("a password was logged: %s", entry)
			}
		})
	}
}

// What was wrong is over once it has been mended.
func TestConnect_goes_on_once_it_is_mended(t *testing.T) {
	t.Parallel()
	s := serve(t)
	s.says(func(said *script) { said.version = "22.10.5" })
	store := s.store()
	awaitTrouble(t, store, "an old server", refuses(eventlog.RefusedVersion, "connect"))
	s.agreeing()
	awaitTrouble(t, store, "a new one", noTrouble)
	fill(t, store, "parley_a", 1)
}

// Whoever is asked, the leader answers: at the start, and when another one leads.
func TestConnect_goes_where_it_is_shown_to(t *testing.T) {
	t.Parallel()
	one, other := serve(t), &server{T: t}
	other.config.Writable = true
	other.open(one.node)
	one.follows(other)
	store := one.store()
	live := follow(t, store, eventlog.Start)
	live.until(fill(t, store, "parley_first", 1)[0])
	for i, leader := range []*server{one, other, one} {
		follower := map[*server]*server{one: other, other: one}[leader]
		leader.agreeing()
		follower.follows(leader)
		before := follower.refused.Load()
		if _, err := store.End(t.Context()); err != nil {
			t.Fatal(err)
		}
		live.until(fill(t, store, fmt.Sprintf("parley_%d", i), 1)[0])
		if follower.refused.Load() == before {
			t.Errorf("change %d: nobody asked the former leader", i)
		}
	}
	if trouble := store.Trouble(); trouble.Err != nil {
		t.Errorf("trouble is %v", trouble.Err)
	}
}

// A name to discover is asked by itself and by its addresses, several names each.
func TestConnect_discovers(t *testing.T) {
	t.Parallel()
	s := serve(t)
	_, port, err := net.SplitHostPort(s.address)
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"one": "localhost:" + port, "several": deadAddress(t) + ",localhost:" + port,
	} {
		store := open(t, "esdb+discover://"+text+"?tls=false")
		fill(t, store, "parley_"+name, 1)
	}
}

// A seed that takes connections and says nothing holds nobody up.
func TestConnect_does_not_wait_for_a_dead_seed(t *testing.T) {
	t.Parallel()
	s := serve(t)
	dead, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = dead.Close() })
	for range 8 { // the client tries seeds in any order
		began := time.Now()
		store := open(t, "esdb://"+dead.Addr().String()+","+s.address+","+deadAddress(t)+"?tls=false&gossipTimeout=20")
		fill(t, store, "parley_a"+began.String(), 1)
		if took := time.Since(began); took > 10*time.Second {
			t.Fatalf("it took %v", took)
		}
	}
}

func TestOpen_names_a_file_that_is_not_there(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	garbage := filepath.Join(dir, "garbage.crt")
	if err := os.WriteFile(garbage, []byte("no certificate"), 0o600); err != nil {
		t.Fatal(err)
	}
	missing := filepath.Join(dir, "missing.crt")
	for text, want := range map[string]string{
		"esdb://admin:s3cret@host:2113?tlsCaFile=" + missing:                                          missing,
		"esdb://admin:s3cret@host:2113,other:2113?tls=true&tlsCAFile=" + missing:                      missing,
		"esdb://admin:s3cret@host:2113?tlsCAFile=" + garbage:                                          garbage,
		"esdb://host:2113?tlsCAFile=" + missing:                                                       missing,
		"esdb://admin:s3cret@host:2113?userCertFile=" + missing + "&userKeyFile=" + missing:           missing,
		"esdb+discover://admin:s3cret@host?userKeyFile=" + garbage + "&userCertFile=" + missing + "2": missing + "2",
	} {
		_, err := eventstore.Open(eventstore.Config{ConnectionString: text})
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%s: got %v, want one that names %s", text, err, want)
		}
	}
}
