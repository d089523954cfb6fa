package transport_test

import (
	"crypto/tls"
	"errors"
	"io"
	"net"
	"strings"
	"testing"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"

	"parley/adapters/adaptertest/certtest"
	"parley/adapters/eventnode/transport"
)

// secured opens a TLS door beside the plain one and returns its address and the
// authority to trust.
func (f *fixture) secured() (address string, authority *certtest.Authority) {
	f.Helper()
	authority, err := certtest.NewAuthority("test")
	if err != nil {
		f.Fatal(err)
	}
	pair, err := authority.Issue("node", "127.0.0.1", "localhost")
	if err != nil {
		f.Fatal(err)
	}
	config, err := pair.TLS()
	if err != nil {
		f.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		f.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- f.server.Serve(tls.NewListener(listener, config)) }()
	f.Cleanup(func() {
		f.stop()
		if err := <-served; err != nil {
			f.Error(err)
		}
	})
	return listener.Addr().String(), authority
}

// dial connects an official client that trusts the authority, if there is one.
func (f *fixture) dial(address string, authority *certtest.Authority) *esdb.Client {
	f.Helper()
	cfg, err := esdb.ParseConnectionString(address)
	if err != nil {
		f.Fatal(err)
	}
	cfg.Logger = esdb.NoopLogging()
	if authority != nil {
		cfg.RootCAs = authority.Trusting()
	}
	client, err := esdb.NewClient(cfg)
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { _ = client.Close() })
	return client
}

func (f *fixture) tryAppend(client *esdb.Client) error {
	_, err := client.AppendToStream(f.ctx, "s", esdb.AppendToStreamOptions{ExpectedRevision: esdb.Any{}}, newEvents(100)...)
	return err
}

// tryRead reads one event and returns what the first answer says.
func (f *fixture) tryRead(client *esdb.Client, options esdb.ReadAllOptions) error {
	read, err := client.ReadAll(f.ctx, options, 1)
	if err != nil {
		return err
	}
	defer read.Close()
	_, err = read.Recv()
	return err
}

func TestCredentials_are_asked_on_TLS_connections(t *testing.T) {
	t.Parallel()
	f := serve(t, transport.Config{Credentials: transport.Credentials{User: "reader", Password: "a:b c"}})
	f.seed("s", -1, 1)
	address, authority := f.secured()
	for name, c := range map[string]struct {
		user string
		want esdb.ErrorCode
	}{
		"the right ones":      {"reader:a%3Ab%20c@", -1},
		"a wrong password":    {"reader:a@", esdb.ErrorCodeUnauthenticated},
		"an unknown user":     {"somebody:a%3Ab%20c@", esdb.ErrorCodeUnauthenticated},
		"user and no secret":  {"reader:%20@", esdb.ErrorCodeUnauthenticated},
		"no credentials":      {"", esdb.ErrorCodeAccessDenied},
		"the colon elsewhere": {"reader%3Aa:b%20c@", -1}, // the same bytes on the wire
	} {
		t.Run(name, func(t *testing.T) {
			client := f.dial("esdb://"+c.user+address, authority)
			if err := f.tryAppend(client); code(err) != c.want {
				t.Errorf("an append got %v, want code %d", err, c.want)
			}
			if err := f.tryRead(client, esdb.ReadAllOptions{From: esdb.Start{}}); code(err) != c.want {
				t.Errorf("a read got %v, want code %d", err, c.want)
			}
			if err := f.tryRead(client, esdb.ReadAllOptions{From: esdb.End{}, Direction: esdb.Backwards}); code(err) != c.want {
				t.Errorf("a read from the end got %v, want code %d", err, c.want)
			}
		})
	}
}

func TestCredentials_are_not_needed_to_read_nothing(t *testing.T) {
	t.Parallel()
	f := serve(t, transport.Config{Credentials: transport.Credentials{User: "reader", Password: "secret"}})
	f.seed("s", -1, 1)
	address, authority := f.secured()
	err := f.tryRead(f.dial("esdb://"+address, authority), esdb.ReadAllOptions{From: esdb.Start{}, Direction: esdb.Backwards})
	if !errors.Is(err, io.EOF) {
		t.Errorf("got %v, want nothing", err)
	}
}

func TestCredentials_are_not_asked_on_plain_connections(t *testing.T) {
	t.Parallel()
	f := serve(t, transport.Config{Credentials: transport.Credentials{User: "reader", Password: "secret"}})
	f.append("s", esdb.NoStream{}, newEvents(1)...)
}

func TestTLS_alone_asks_nobody(t *testing.T) {
	t.Parallel()
	f := serve(t, transport.Config{})
	address, authority := f.secured()
	if err := f.tryAppend(f.dial("esdb://"+address, authority)); err != nil {
		t.Error(err)
	}
}

func TestTLS_and_plain_connections_need_each_their_own_door(t *testing.T) {
	t.Parallel()
	f := serve(t, transport.Config{})
	address, authority := f.secured()
	if err := f.tryAppend(f.dial("esdb://"+f.address+"?maxDiscoverAttempts=1", authority)); err == nil {
		t.Error("TLS was spoken at the plain door")
	}
	if err := f.tryAppend(f.dial("esdb://"+address+"?tls=false&maxDiscoverAttempts=1", nil)); err == nil {
		t.Error("the TLS door let a plain connection in")
	}
	other, err := certtest.NewAuthority("another")
	if err != nil {
		t.Fatal(err)
	}
	err = f.tryAppend(f.dial("esdb://"+address+"?maxDiscoverAttempts=1", other))
	if err == nil || !strings.Contains(err.Error(), "certificate") {
		t.Errorf("with another authority: %v", err)
	}
}
