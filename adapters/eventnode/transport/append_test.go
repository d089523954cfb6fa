package transport_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/shared"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"github.com/google/uuid"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	"parley/adapters/eventnode/transport"
)

func TestAppend_holds_each_expectation(t *testing.T) {
	t.Parallel()
	f := serve(t, transport.Config{})
	f.append("there", esdb.NoStream{}, newEvents(2)...)
	for _, c := range []struct {
		name     string
		stream   string
		expected esdb.ExpectedRevision
		refused  bool
	}{
		{"no stream refuses a stream", "there", esdb.NoStream{}, true},
		{"a revision behind the end is refused", "there", esdb.Revision(9), true},
		{"a revision before the end is refused", "there", esdb.Revision(0), true},
		{"stream exists refuses none", "absent", esdb.StreamExists{}, true},
		{"a revision refuses no stream", "absent", esdb.Revision(0), true},
		{"the last revision is accepted", "there", esdb.Revision(1), false},
		{"stream exists accepts a stream", "there", esdb.StreamExists{}, false},
		{"any accepts a stream", "there", esdb.Any{}, false},
		{"any accepts none", "new by any", esdb.Any{}, false},
	} {
		_, err := f.client.AppendToStream(f.ctx, c.stream, esdb.AppendToStreamOptions{ExpectedRevision: c.expected}, newEvents(1)...)
		if refused := code(err) == esdb.ErrorCodeWrongExpectedVersion; refused != c.refused || (err != nil && !refused) {
			t.Errorf("%s: got %v", c.name, err)
		}
	}
}

func TestAppend_repeated_gives_the_first_result(t *testing.T) {
	t.Parallel()
	f := serve(t, transport.Config{})
	for stream, expected := range map[string]esdb.ExpectedRevision{"exact": esdb.NoStream{}, "any": esdb.Any{}} {
		events := newEvents(3)
		first := f.append(stream, expected, events...)
		f.append(stream, esdb.Revision(2), newEvents(1)...)
		if again := f.append(stream, expected, events...); *again != *first {
			t.Errorf("%s: the repetition gave %+v, want %+v", stream, again, first)
		}
		mixed := append(events[:2:2], newEvents(1)...)
		_, err := f.client.AppendToStream(f.ctx, stream, esdb.AppendToStreamOptions{ExpectedRevision: expected}, mixed...)
		if code(err) != esdb.ErrorCodeWrongExpectedVersion {
			t.Errorf("%s: a repetition with another last event gave %v", stream, err)
		}
	}
	f.append("existing", esdb.NoStream{}, newEvents(1)...)
	events := newEvents(2)
	first := f.append("existing", esdb.StreamExists{}, events...)
	if again := f.append("existing", esdb.StreamExists{}, events...); *again != *first {
		t.Errorf("the repetition gave %+v, want %+v", again, first)
	}
}

func TestAppend_without_events_answers_the_revision(t *testing.T) {
	t.Parallel()
	f := serve(t, transport.Config{})
	f.append("there", esdb.NoStream{}, newEvents(4)...)
	first := f.append("there", esdb.Any{})
	if first.NextExpectedVersion != 3 || first.CommitPosition != uint64(f.node.Head()) {
		t.Errorf("got %+v, want revision 3 at %d", first, f.node.Head())
	}
	if got := f.append("absent", esdb.NoStream{}); got.CommitPosition <= first.CommitPosition || got.PreparePosition != got.CommitPosition {
		t.Errorf("got %+v behind %+v", got, first)
	}
	from := esdb.Position{Commit: first.CommitPosition, Prepare: first.PreparePosition}
	f.append("next", esdb.NoStream{}, newEvents(1)...)
	read, err := f.client.ReadAll(f.ctx, esdb.ReadAllOptions{From: from}, 10)
	if got := drain(t, read, err); len(got) != 1 || got[0] != "next@0" {
		t.Errorf("from there on %v is read", got)
	}
	if got := f.append("absent", esdb.NoStream{}, newEvents(1)...); got.NextExpectedVersion != 0 {
		t.Errorf("got revision %d, want 0", got.NextExpectedVersion)
	}
}

func TestAppend_refuses_product_and_system_streams_unless_writable(t *testing.T) {
	t.Parallel()
	closed, open := serve(t, transport.Config{}), serve(t, transport.Config{Writable: true})
	for _, stream := range []string{"parley_conversation-1", "$$parley_conversation-1", "$settings", "$$$users"} {
		_, err := closed.client.AppendToStream(closed.ctx, stream, esdb.AppendToStreamOptions{ExpectedRevision: esdb.Any{}}, newEvents(1)...)
		if code(err) != esdb.ErrorCodeAccessDenied {
			t.Errorf("%s: got %v, want access denied", stream, err)
		}
		open.append(stream, esdb.NoStream{}, newEvents(1)...)
	}
	closed.append("other-1", esdb.NoStream{}, newEvents(1)...)
	closed.append("$$other-1", esdb.NoStream{}, newEvents(1)...)
}

func TestAppend_refuses_more_than_a_mebibyte(t *testing.T) {
	t.Parallel()
	f := serve(t, transport.Config{})
	event := newEvents(1)[0]
	event.Data = []byte(strings.Repeat("x", 1<<20))
	_, err := f.client.AppendToStream(f.ctx, "large", esdb.AppendToStreamOptions{ExpectedRevision: esdb.Any{}}, event)
	if err == nil || !strings.Contains(err.Error(), "larger than") {
		t.Errorf("got %v", err)
	}
	trailer, err := f.appendRaw("large", strings.Repeat("x", 1<<20))
	if status.Code(err) != codes.InvalidArgument {
		t.Errorf("got %v, want InvalidArgument", err)
	}
	for key, want := range map[string]string{"exception": "maximum-append-size-exceeded", "maximum-append-size": "1048576"} {
		if got := trailer.Get(key); len(got) != 1 || got[0] != want {
			t.Errorf("trailer %s is %q, want %q", key, got, want)
		}
	}
}

func TestAppend_is_refused_only_after_all_of_it_has_arrived(t *testing.T) {
	t.Parallel()
	f := serve(t, transport.Config{})
	_, err := f.client.AppendToStream(f.ctx, "parley_many", esdb.AppendToStreamOptions{ExpectedRevision: esdb.Any{}}, newEvents(5000)...)
	if code(err) != esdb.ErrorCodeAccessDenied {
		t.Errorf("got %v, want access denied", err)
	}
}

func TestAppend_refuses_what_it_cannot_store(t *testing.T) {
	t.Parallel()
	f := serve(t, transport.Config{})
	for stream, want := range map[string]codes.Code{
		"": codes.InvalidArgument, "$$": codes.InvalidArgument, "bad\xff": codes.InvalidArgument, "$all": codes.PermissionDenied,
	} {
		if _, err := f.appendRaw(stream, "{}"); status.Code(err) != want {
			t.Errorf("stream %q: got %v, want %v", stream, err, want)
		}
	}
}

// What a caller who has left asked for is done wholly or not at all, and is known
// when it is sent again.
func TestAppend_that_was_cancelled_is_recognised_when_it_is_sent_again(t *testing.T) {
	t.Parallel()
	f := serve(t, transport.Config{})
	var sent sync.WaitGroup
	var left, done atomic.Int32
	for i := range 64 {
		sent.Go(func() {
			stream, events := fmt.Sprintf("s-%d", i), newEvents(3)
			ctx, cancel := context.WithTimeout(f.ctx, time.Duration(i)*100*time.Microsecond)
			defer cancel()
			if _, err := f.client.AppendToStream(ctx, stream, esdb.AppendToStreamOptions{ExpectedRevision: esdb.NoStream{}}, events...); err != nil {
				left.Add(1)
			}
			result, err := f.client.AppendToStream(f.ctx, stream, esdb.AppendToStreamOptions{ExpectedRevision: esdb.NoStream{}}, events...)
			if err != nil || result.NextExpectedVersion != 2 {
				t.Errorf("%s: %+v, %v", stream, result, err)
			}
			read, err := f.client.ReadStream(f.ctx, stream, esdb.ReadStreamOptions{From: esdb.Start{}}, 10)
			done.Add(int32(len(drain(t, read, err))))
		})
	}
	sent.Wait()
	if left.Load() == 0 || done.Load() != 3*64 {
		t.Errorf("%d calls ended early, %d events are there, want %d", left.Load(), done.Load(), 3*64)
	}
}

// appendRaw appends one event by the bare protocol and returns the trailers.
func (f *fixture) appendRaw(stream, data string) (metadata.MD, error) {
	f.Helper()
	_, trailer, err := f.proposeRaw(&streams.AppendReq_Options{
		StreamIdentifier:       identifier(stream),
		ExpectedStreamRevision: &streams.AppendReq_Options_Any{Any: &shared.Empty{}},
	}, map[string]string{"type": "raw", "content-type": "application/octet-stream"}, data)
	return trailer, err
}

// proposeRaw appends one event as it is.
func (f *fixture) proposeRaw(options *streams.AppendReq_Options, about map[string]string, data string) (*streams.AppendResp, metadata.MD, error) {
	f.Helper()
	call, err := f.bare().Append(f.ctx)
	if err != nil {
		f.Fatal(err)
	}
	for _, msg := range []*streams.AppendReq{
		{Content: &streams.AppendReq_Options_{Options: options}},
		{Content: &streams.AppendReq_ProposedMessage_{ProposedMessage: &streams.AppendReq_ProposedMessage{
			Id:       &shared.UUID{Value: &shared.UUID_String_{String_: uuid.NewString()}},
			Metadata: about,
			Data:     []byte(data),
		}}},
	} {
		if err := call.Send(msg); err != nil {
			f.Fatal(err)
		}
	}
	answer, err := call.CloseAndRecv()
	return answer, call.Trailer(), err
}

func TestAppend_refuses_more_events_than_an_append_may_have(t *testing.T) {
	t.Parallel()
	f := serve(t, transport.Config{})
	events := newEvents(10_001)
	for i := range events {
		events[i].EventType, events[i].Data, events[i].Metadata = "a", nil, nil
	}
	_, err := f.client.AppendToStream(f.ctx, "many", esdb.AppendToStreamOptions{ExpectedRevision: esdb.Any{}}, events...)
	if err == nil || !strings.Contains(err.Error(), "more than 10000 events") {
		t.Errorf("got %v", err)
	}
	f.append("many", esdb.NoStream{}, events[1:]...)
}
