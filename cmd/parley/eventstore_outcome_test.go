package main_test

import (
	"bytes"
	"net"
	"strings"
	"sync"
	"testing"

	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	"parley/adapters/adaptertest/chaostest"
	"parley/adapters/adaptertest/logtest"
	"parley/adapters/eventnode/transport"
)

// cutter is a server's door that cuts all connections at the worst moments: when
// an append has been received and when it has been carried out, always before its
// answer. It keeps what was sent for each event.
type cutter struct {
	net.Listener

	mu    sync.Mutex
	open  []net.Conn
	calls int
	cuts  int
	sent  map[string][]byte // by event id
	again int               // events that were sent before
	wrong []string          // those that were then not the same
}

// Accept implements net.Listener.
func (c *cutter) Accept() (net.Conn, error) {
	conn, err := c.Listener.Accept()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.open = append(c.open, conn)
	return conn, err
}

// cut closes all connections.
func (c *cutter) cut() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.cuts++
	for _, conn := range c.open {
		if conn != nil {
			_ = conn.Close()
		}
	}
	c.open = nil
	return status.Error(codes.Unavailable, "cut")
}

// intercept cuts at every 40th append before it is carried out and at every 40th after.
func (c *cutter) intercept(srv any, call grpc.ServerStream, info *grpc.StreamServerInfo, handler grpc.StreamHandler) error {
	if !strings.HasSuffix(info.FullMethod, "/Append") {
		return handler(srv, call)
	}
	c.mu.Lock()
	c.calls++
	turn := c.calls % 40
	c.mu.Unlock()
	return handler(srv, &cutStream{ServerStream: call, cutter: c, before: turn == 15, after: turn == 35})
}

// cutStream is an append that is watched.
type cutStream struct {
	grpc.ServerStream
	cutter        *cutter
	before, after bool
	options       []byte
}

// RecvMsg implements grpc.ServerStream.
func (s *cutStream) RecvMsg(m any) error {
	if err := s.ServerStream.RecvMsg(m); err != nil {
		return err
	}
	if err := s.keep(m.(*streams.AppendReq)); err != nil {
		return err
	}
	if s.before && m.(*streams.AppendReq).GetProposedMessage() != nil {
		return s.cutter.cut()
	}
	return nil
}

// SendMsg implements grpc.ServerStream.
func (s *cutStream) SendMsg(m any) error {
	if s.after {
		return s.cutter.cut()
	}
	return s.ServerStream.SendMsg(m)
}

// keep compares an event, and the stream and revision that it is for, with what was
// sent for its id before.
func (s *cutStream) keep(m *streams.AppendReq) error {
	text, err := proto.MarshalOptions{Deterministic: true}.Marshal(m)
	if err != nil || m.GetProposedMessage() == nil {
		s.options = text
		return err
	}
	id, text := m.GetProposedMessage().GetId().String(), append(text, s.options...)
	c := s.cutter
	c.mu.Lock()
	defer c.mu.Unlock()
	before, again := c.sent[id]
	if again {
		c.again++
	}
	if again && !bytes.Equal(before, text) {
		c.wrong = append(c.wrong, id)
	}
	c.sent[id] = text
	return nil
}

// startCutter serves a node through a cutter.
func startCutter(t *testing.T) (*wire, *cutter) {
	t.Helper()
	c := &cutter{sent: map[string][]byte{}}
	w := &wire{
		config: transport.Config{Writable: true, Options: []grpc.ServerOption{grpc.ChainStreamInterceptor(c.intercept)}},
		wrap: func(l net.Listener) net.Listener {
			c.Listener = l
			return c
		},
	}
	w.open(t, logtest.Spaced(t.TempDir()))
	return w, c
}

// An append whose outcome is unknown is sent again, to the byte, until its outcome
// is known.
func TestEventStore_sends_an_append_of_unknown_outcome_again_to_the_byte(t *testing.T) {
	t.Parallel()
	w, c := startCutter(t)
	l := startLoad(t, openStore(t, w.address), 16, 4)
	cuts := func() int {
		c.mu.Lock()
		defer c.mu.Unlock()
		return c.cuts
	}
	l.awaitProgress("before the cuts")
	l.await("the connection was cut often", func() bool { return cuts() >= chaostest.Cycles(12, 300) })
	l.awaitProgress("between the cuts")
	l.finish(w.node)
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.again == 0 || len(c.wrong) > 0 {
		t.Errorf("%d events were sent again, of which differ: %v", c.again, c.wrong)
	}
	l.report("connections cut behind the request and before the answer, appends sent again to the byte")
}
