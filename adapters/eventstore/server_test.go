package eventstore_test

import (
	"context"
	"errors"
	"net"
	"os"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"google.golang.org/grpc"

	"parley/adapters/eventnode"
	"parley/adapters/eventnode/transport"
	"parley/adapters/eventstore"
)

// patience bounds what a test waits for: who needs it has hung.
const patience = 30 * time.Second

// The positions of a test's node: none is next to another.
const (
	firstPosition = 1<<33 + 13
	stride        = 13
)

// server is a node that is served to clients, as one that says other things if a
// test wants it to. It can be stopped, started again, and given another node.
type server struct {
	*testing.T
	node    *eventnode.Node
	address string
	config  transport.Config
	wrap    func(net.Listener) net.Listener // nil for the bare one
	sent    atomic.Int64                    // bytes to clients
	refused atomic.Int64                    // calls

	mu     sync.Mutex
	script script
	serves *transport.Server
	served chan error
}

// serve serves a node of its own until the test ends.
func serve(t *testing.T) *server {
	t.Helper()
	s := &server{T: t, config: transport.Config{Writable: true}}
	s.open(newNode(t))
	return s
}

// newNode opens a node that ends with the test.
func newNode(t *testing.T) *eventnode.Node {
	t.Helper()
	return openNode(t, t.TempDir())
}

// openNode opens the node of a folder.
func openNode(t *testing.T, dir string) *eventnode.Node {
	t.Helper()
	node, err := eventnode.Open(eventnode.Config{Dir: dir, FirstPosition: firstPosition, Stride: stride, ScrubBytesPerSecond: -1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := node.Close(); err != nil {
			t.Error(err)
		}
	})
	return node
}

// open serves a node at an address that is kept from then on.
func (s *server) open(node *eventnode.Node) {
	s.Helper()
	s.node, s.address = node, "127.0.0.1:0"
	s.config.Options = append(s.config.Options,
		grpc.ChainUnaryInterceptor(s.unary), grpc.ChainStreamInterceptor(s.stream))
	s.start()
	s.Cleanup(s.stop)
}

// start serves the node. A port that another socket still holds is tried again.
func (s *server) start() {
	s.Helper()
	listener := s.listen()
	s.address = listener.Addr().String()
	listener = counted{listener, &s.sent}
	if s.wrap != nil {
		listener = s.wrap(listener)
	}
	s.serves, s.served = transport.New(s.node, s.config), make(chan error, 1)
	go func(server *transport.Server, served chan<- error) { served <- server.Serve(listener) }(s.serves, s.served)
}

func (s *server) listen() net.Listener {
	s.Helper()
	for began := time.Now(); ; {
		listener, err := net.Listen("tcp", s.address)
		if err == nil {
			return listener
		}
		if !errors.Is(err, os.NewSyscallError("bind", syscall.EADDRINUSE)) || time.Since(began) > patience {
			s.Fatal(err)
		}
	}
}

// stop cuts all connections at once and gives up the port.
func (s *server) stop() {
	s.Helper()
	if s.serves == nil {
		return
	}
	now, cancel := context.WithCancel(context.Background())
	cancel()
	s.serves.Stop(now)
	if err := <-s.served; err != nil {
		s.Error(err)
	}
	s.serves = nil
}

// replace cuts all connections and serves another node at the same address.
func (s *server) replace(node *eventnode.Node) {
	s.Helper()
	s.stop()
	s.node = node
	s.start()
}

// store opens a store on the server that ends with the test.
func (s *server) store() *eventstore.Store {
	s.Helper()
	return s.storeWith(eventstore.Config{})
}

// storeWith opens a store that is configured otherwise.
func (s *server) storeWith(config eventstore.Config) *eventstore.Store {
	s.Helper()
	if config.ConnectionString == "" {
		config.ConnectionString = "esdb://" + s.address + "?tls=false"
	}
	return openWith(s.T, config)
}

// counted counts what is written to its connections.
type counted struct {
	net.Listener
	sent *atomic.Int64
}

// Accept implements net.Listener.
func (c counted) Accept() (net.Conn, error) {
	conn, err := c.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return countedConn{conn, c.sent}, nil
}

type countedConn struct {
	net.Conn
	sent *atomic.Int64
}

// Write implements net.Conn.
func (c countedConn) Write(b []byte) (int, error) {
	n, err := c.Conn.Write(b)
	c.sent.Add(int64(n))
	return n, err
}
