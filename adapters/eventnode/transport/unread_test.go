package transport_test

import (
	"context"
	"strings"
	"sync"
	"testing"

	"github.com/EventStore/EventStore-Client-Go/v4/protos/shared"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"github.com/google/uuid"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/stats"

	"parley/adapters/eventnode"
	"parley/adapters/eventnode/transport"
	"parley/domain/eventlog"
)

// sentBytes counts what a server has sent in each call, read or not.
type sentBytes struct {
	mu  sync.Mutex
	all []*int
}

type sentKey struct{}

func (s *sentBytes) TagRPC(ctx context.Context, _ *stats.RPCTagInfo) context.Context {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.all = append(s.all, new(int))
	return context.WithValue(ctx, sentKey{}, s.all[len(s.all)-1])
}

func (s *sentBytes) HandleRPC(ctx context.Context, told stats.RPCStats) {
	if out, ok := told.(*stats.OutPayload); ok {
		s.mu.Lock()
		defer s.mu.Unlock()
		*ctx.Value(sentKey{}).(*int) += out.Length
	}
}

func (s *sentBytes) TagConn(ctx context.Context, _ *stats.ConnTagInfo) context.Context { return ctx }
func (s *sentBytes) HandleConn(context.Context, stats.ConnStats)                       {}

// above returns how many calls have been sent more than so many bytes, and how many
// there are.
func (s *sentBytes) above(bytes int) (above, calls int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, sent := range s.all {
		if *sent > bytes {
			above++
		}
	}
	return above, len(s.all)
}

// A subscription has no queue: flow control holds the server back, which has then
// read two pages of the log and sent what the client's window takes and one event.
func TestSubscription_that_nobody_reads_is_sent_its_window_and_no_more(t *testing.T) {
	t.Parallel()
	sent := &sentBytes{}
	f := serve(t, transport.Config{Options: []grpc.ServerOption{grpc.StatsHandler(sent)}})
	const events = 200
	for i := range events {
		e := eventnode.Event{NewEvent: eventlog.NewEvent{ID: uuid.New(), Type: "test.large.v1", Data: []byte(`"` + strings.Repeat("x", 100<<10) + `"`)}}
		if _, err := f.node.AppendExpecting(f.ctx, "s", eventnode.Expectation(i-1), []eventnode.Event{e}); err != nil {
			t.Fatal(err)
		}
	}
	// What a window takes is in the client's memory; it keeps to this one.
	conn, err := grpc.NewClient(f.address, grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithInitialWindowSize(64<<10), grpc.WithInitialConnWindowSize(16<<20))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	client := streams.NewStreamsClient(conn)
	subscribe := func(stream bool) streams.Streams_ReadClient {
		call, err := client.Read(f.ctx, rawRead(func(o *streams.ReadReq_Options) {
			o.CountOption = &streams.ReadReq_Options_Subscription{Subscription: &streams.ReadReq_Options_SubscriptionOptions{}}
			if stream {
				o.StreamOption = &streams.ReadReq_Options_Stream{Stream: &streams.ReadReq_Options_StreamOptions{
					StreamIdentifier: identifier("s"), RevisionOption: &streams.ReadReq_Options_StreamOptions_Start{Start: &shared.Empty{}},
				}}
			}
		}))
		if err == nil {
			_, err = call.Header()
		}
		if err != nil {
			t.Fatal(err)
		}
		return call
	}
	const unread = 10
	for i := range unread {
		subscribe(i%2 == 0)
	}
	read := f.rawRead(rawRead(func(o *streams.ReadReq_Options) {}).GetOptions())
	for range events { // which takes longer than to send as much to each of the others
		if _, err := read.Recv(); err != nil {
			t.Fatal(err)
		}
	}
	if above, calls := sent.above(256 << 10); above != 1 || calls != unread+1 {
		t.Errorf("%d of %d calls have been sent more than 256 KiB, want the one that is read", above, calls)
	}
}
