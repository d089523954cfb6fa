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
	"parley/adapters/eventnode"
	"parley/adapters/eventnode/transport"
	"parley/adapters/eventstore"
	"parley/domain/eventlog"
)

// The official client, supervised, keeps the port's contract over the wire,
// whatever the positions are.
func TestEventStore_over_the_wire_keeps_the_contract(t *testing.T) {
	t.Parallel()
	for name, config := range map[string]eventnode.Config{
		"dense positions":          {},
		"seeded and spaced by 977": {FirstPosition: 5_000_000_000, Stride: 977},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			adaptertest.EventLog(t, func(t *testing.T) eventlog.Log {
				return openStore(t, startWire(t, config).address)
			})
		})
	}
}

// wire is a node that outlives its server, which can be stopped and started
// again at the same address.
type wire struct {
	node    *eventnode.Node
	address string

	mu     sync.Mutex
	server *transport.Server
	served chan error
}

// startWire opens a node and serves it until the test ends.
func startWire(t *testing.T, config eventnode.Config) *wire {
	t.Helper()
	config.Dir = t.TempDir()
	node, err := eventnode.Open(config)
	if err != nil {
		t.Fatalf("open node: %v", err)
	}
	w := &wire{node: node, address: "127.0.0.1:0"}
	w.start(t)
	t.Cleanup(func() {
		w.stop(t)
		if err := node.Close(); err != nil {
			t.Errorf("close node: %v", err)
		}
	})
	return w
}

// start serves the node. A port that another socket still holds is tried again.
func (w *wire) start(t *testing.T) {
	t.Helper()
	listener := listen(t, w.address)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.address = listener.Addr().String()
	w.server, w.served = transport.New(w.node, transport.Config{Writable: true}), make(chan error, 1)
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

// openStore opens the supervised client on an address until the test ends.
func openStore(t *testing.T, address string) *eventstore.Store {
	t.Helper()
	store, err := eventstore.Open(eventstore.Config{ConnectionString: "esdb://" + address + "?tls=false"})
	if err != nil {
		t.Fatalf("open store: %v", err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Errorf("close store: %v", err)
		}
	})
	return store
}
