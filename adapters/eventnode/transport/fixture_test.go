package transport_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"testing"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/dlclark/regexp2"
	"github.com/google/uuid"
	"go.uber.org/goleak"

	"parley/adapters/eventnode"
	"parley/adapters/eventnode/transport"
	"parley/domain/eventlog"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(suite{m}) }

// suite stops the clock by which slow expressions are cut off: it ends by itself,
// but some moments after the last of them.
type suite struct{ *testing.M }

// Run implements goleak.TestingM.
func (s suite) Run() int {
	defer regexp2.StopTimeoutClock()
	return s.M.Run()
}

// patience bounds every call of a test; a call that needs it has hung.
const patience = 30 * time.Second

// fixture is a node, served on a loopback port, and an official client of it.
type fixture struct {
	*testing.T
	ctx     context.Context
	node    *eventnode.Node
	server  *transport.Server
	client  *esdb.Client
	address string
}

func serve(t *testing.T, cfg transport.Config) *fixture {
	t.Helper()
	return serveFolder(t, t.TempDir(), cfg)
}

func serveFolder(t *testing.T, dir string, cfg transport.Config) *fixture {
	t.Helper()
	return serveNode(t, eventnode.Config{Dir: dir}, cfg)
}

func serveNode(t *testing.T, of eventnode.Config, cfg transport.Config) *fixture {
	t.Helper()
	of.FirstPosition, of.Stride, of.ScrubBytesPerSecond = 1000, 7, -1
	node, err := eventnode.Open(of)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := node.Close(); err != nil {
			t.Error(err)
		}
	})
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	f := &fixture{T: t, node: node, server: transport.New(node, cfg), address: listener.Addr().String()}
	served := make(chan error, 1)
	go func() { served <- f.server.Serve(listener) }()
	t.Cleanup(func() {
		f.stop()
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
	var cancel context.CancelFunc
	f.ctx, cancel = context.WithTimeout(context.Background(), patience)
	t.Cleanup(cancel)
	f.connect()
	return f
}

func (f *fixture) connect() {
	f.Helper()
	cfg, err := esdb.ParseConnectionString("esdb://" + f.address + "?tls=false")
	if err != nil {
		f.Fatal(err)
	}
	cfg.Logger = esdb.NoopLogging()
	if f.client, err = esdb.NewClient(cfg); err != nil {
		f.Fatal(err)
	}
	client := f.client
	f.Cleanup(func() { _ = client.Close() })
}

// stop stops the server and cuts what has not ended after a while.
func (f *fixture) stop() {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	f.server.Stop(ctx)
}

func newEvents(n int) []esdb.EventData {
	events := make([]esdb.EventData, n)
	for i := range events {
		events[i] = esdb.EventData{
			EventID: uuid.New(), EventType: "test.happened.v1", ContentType: esdb.ContentTypeJson,
			Data: fmt.Appendf(nil, `{"n":%d}`, i), Metadata: []byte(`{"by":"test"}`),
		}
	}
	return events
}

// append appends through the client and fails the test on any error.
func (f *fixture) append(stream string, expected esdb.ExpectedRevision, events ...esdb.EventData) *esdb.WriteResult {
	f.Helper()
	result, err := f.client.AppendToStream(f.ctx, stream, esdb.AppendToStreamOptions{ExpectedRevision: expected}, events...)
	if err != nil {
		f.Fatal(err)
	}
	return result
}

// seed appends n events in process, which no configuration refuses.
func (f *fixture) seed(stream string, expected eventlog.Revision, n int) {
	f.Helper()
	events := make([]eventlog.NewEvent, n)
	for i := range events {
		events[i] = eventlog.NewEvent{ID: uuid.New(), Type: "test.seeded.v1", Data: []byte(`{}`)}
	}
	if _, err := f.node.Append(f.ctx, stream, expected, events); err != nil {
		f.Fatal(err)
	}
}

// code returns the client's code of an error, also a wrapped one.
func code(err error) esdb.ErrorCode {
	if e, ok := errors.AsType[*esdb.Error](err); ok {
		return e.Code()
	}
	return -1
}

// drain reads to the end and returns the events' positions in the log by
// revision of "stream@revision".
func drain(t *testing.T, read *esdb.ReadStream, err error) []string {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	defer read.Close()
	var got []string
	for {
		event, err := read.Recv()
		if errors.Is(err, io.EOF) {
			return got
		}
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, place(event.Event))
	}
}

func place(e *esdb.RecordedEvent) string { return fmt.Sprintf("%s@%d", e.StreamID, e.EventNumber) }
