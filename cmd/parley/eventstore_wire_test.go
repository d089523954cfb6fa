package main_test

import (
	"context"
	"errors"
	"net"
	"os"
	"sync"
	"syscall"
	"testing"
	"time"

	"parley/adapters/adaptertest"
	"parley/adapters/adaptertest/logtest"
	"parley/adapters/eventnode"
	"parley/adapters/eventnode/transport"
	"parley/adapters/eventstore"
	"parley/domain/eventlog"
)

// The official client, supervised, keeps the port's contract over the wire.
func TestEventStore_over_the_wire_keeps_the_contract(t *testing.T) {
	t.Parallel()
	adaptertest.EventLog(t, func(t *testing.T) eventlog.Log { return openLogAt(t, overTheWire(t)) })
}

// overTheWire returns the connection string of the event store that a test goes to
// over the wire: the server that is named, or a node of the test's own.
func overTheWire(t *testing.T) string {
	t.Helper()
	if named := logtest.Named(); named != "" {
		return named
	}
	return startWire(t).connection()
}

// wire is a node that outlives its server, which can be stopped and started
// again at the same address.
type wire struct {
	node    *eventnode.Node
	address string
	config  transport.Config
	wrap    func(net.Listener) net.Listener // nil for the bare one

	mu     sync.Mutex
	server *transport.Server
	served chan error
}

// startWire opens a node and serves it until the test ends.
func startWire(t *testing.T) *wire {
	t.Helper()
	w := &wire{config: transport.Config{Writable: true}}
	w.open(t, logtest.Spaced(t.TempDir()))
	return w
}

// connection returns the connection string of the node, which is plain.
func (w *wire) connection() string { return "esdb://" + w.address + "?tls=false" }

// open opens a node and serves it until the test ends.
func (w *wire) open(t *testing.T, config eventnode.Config) {
	t.Helper()
	node, err := eventnode.Open(config)
	w.serve(t, opened(t, node, err))
}

// serve serves a node until the test ends, at an address of its own unless it has
// one.
func (w *wire) serve(t *testing.T, node *eventnode.Node) {
	t.Helper()
	if w.node = node; w.address == "" {
		w.address = "127.0.0.1:0"
	}
	w.start(t)
	t.Cleanup(func() { w.stop(t) })
}

// start serves the node. A port that another socket still holds is tried again.
func (w *wire) start(t *testing.T) {
	t.Helper()
	listener := listen(t, w.address)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.address = listener.Addr().String()
	if w.wrap != nil {
		listener = w.wrap(listener)
	}
	w.server, w.served = transport.New(w.node, w.config), make(chan error, 1)
	go func(server *transport.Server, served chan<- error) {
		served <- server.Serve(listener)
	}(w.server, w.served)
}

func listen(t *testing.T, address string) net.Listener {
	t.Helper()
	deadline := time.Now().Add(20 * time.Second)
	for {
		listener, err := net.Listen("tcp", address)
		if err == nil {
			return listener
		}
		if !errors.Is(err, os.NewSyscallError("bind", syscall.EADDRINUSE)) || time.Now().After(deadline) {
			t.Fatalf("listen: %v", err)
		}
	}
}

// stop cuts all connections at once and gives up the port.
func (w *wire) stop(t *testing.T) {
	t.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.server == nil {
		return
	}
	now, cancel := context.WithCancel(context.Background())
	cancel()
	w.server.Stop(now)
	if err := <-w.served; err != nil {
		t.Errorf("serve: %v", err)
	}
	w.server = nil
}

// openStore opens the supervised client on an address, or several, until the test
// ends.
func openStore(t *testing.T, address string) *eventstore.Store {
	t.Helper()
	return openLogAt(t, "esdb://"+address+"?tls=false")
}

// openLogAt opens the supervised client with a connection string until the test
// ends.
func openLogAt(t *testing.T, connection string) *eventstore.Store {
	t.Helper()
	store, err := eventstore.Open(eventstore.Config{ConnectionString: connection})
	return opened(t, store, err)
}
