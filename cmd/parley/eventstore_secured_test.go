package main_test

import (
	"context"
	"crypto/tls"
	"encoding/pem"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"parley/adapters/adaptertest/logtest"
	"parley/adapters/eventnode/transport"
	"parley/adapters/eventstore"
	"parley/domain/eventlog"
)

// securedWire serves a node with TLS and asks for credentials; it returns the file
// with the authority's certificate, too.
func securedWire(t *testing.T) (w *wire, authority string) {
	t.Helper()
	issuer, cert, key := keys(t)
	authority = filepath.Join(t.TempDir(), "authority.crt")
	if err := os.WriteFile(authority, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: issuer.Root.Raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	pair, err := tls.LoadX509KeyPair(cert, key)
	if err != nil {
		t.Fatal(err)
	}
	config := &tls.Config{Certificates: []tls.Certificate{pair}, NextProtos: []string{"h2"}}
	w = &wire{
		config: transport.Config{Writable: true, Credentials: transport.Credentials{User: "parley", Password: "s3/cret"}},
		wrap:   func(l net.Listener) net.Listener { return tls.NewListener(l, config) },
	}
	w.open(t, logtest.Spaced(t.TempDir()))
	return w, authority
}

func TestEventStore_speaks_TLS_and_shows_its_credentials(t *testing.T) {
	t.Parallel()
	w, authority := securedWire(t)
	open := func(text string) *eventstore.Store {
		store, err := eventstore.Open(eventstore.Config{ConnectionString: text})
		return opened(t, store, err)
	}
	l := startLoad(t, open("esdb://parley:s3%2Fcret@"+w.address+"?tlsCAFile="+authority), 4, 2)
	l.awaitProgress("with TLS")
	w.stop(t)
	w.start(t)
	l.awaitProgress("after an outage")
	l.finish(w.node)
	for name, text := range map[string]string{
		"a wrong password":     "esdb://parley:other@" + w.address + "?tlsCAFile=" + authority,
		"no credentials":       "esdb://" + w.address + "?tlsCAFile=" + authority,
		"an unknown authority": "esdb://parley:s3%2Fcret@" + w.address,
	} {
		store := open(text)
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
		_, err := store.End(ctx)
		cancel()
		if !errors.Is(err, eventlog.ErrUnavailable) || strings.Contains(err.Error(), "s3") {
			t.Errorf("with %s got %v, want unavailable", name, err)
		}
		t.Logf("with %s: %v", name, err)
	}
}
