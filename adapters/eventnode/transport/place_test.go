package transport_test

import (
	"strings"
	"testing"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	wire "github.com/EventStore/EventStore-Client-Go/v4/protos/persistent"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/shared"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"github.com/google/go-cmp/cmp"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"parley/adapters/eventnode/transport"
	"parley/domain/eventlog"
)

// placed serves a log of four events, at 1000, 1007, 1014 and 1021; the first has
// been scavenged.
func placed(t *testing.T) *fixture {
	f := serve(t, transport.Config{Writable: true})
	f.append("a", esdb.NoStream{}, newEvents(2)...)
	f.append("b", esdb.NoStream{}, newEvents(1)...)
	f.write("$$a", "$metadata", `{"$maxCount":1}`)
	if sum, err := f.node.Scavenge(f.ctx, nil); err != nil || sum.Events != 1 {
		t.Fatalf("scavenged %+v, %v", sum, err)
	}
	return f
}

// Places that no event has, below the end, and places above it.
var (
	nowhere = []uint64{1, 2, 3, 999, 1001, 1006, 1008, 1020}
	above   = []uint64{1022, 1028, 5000, 1<<63 - 1, 1 << 63, 1<<64 - 2}
)

func from(position uint64) func(*streams.ReadReq_Options) {
	return func(o *streams.ReadReq_Options) {
		o.StreamOption = &streams.ReadReq_Options_All{All: &streams.ReadReq_Options_AllOptions{
			AllOption: &streams.ReadReq_Options_AllOptions_Position{Position: &streams.ReadReq_Options_Position{CommitPosition: position, PreparePosition: position}},
		}}
	}
}

func wantInvalidPosition(t *testing.T, err error, what string, position uint64) {
	t.Helper()
	if status.Code(err) != codes.InvalidArgument || !strings.Contains(err.Error(), "invalid position") {
		t.Errorf("%s at %d ended with %v, want an invalid position", what, position, err)
	}
}

func TestRead_of_all_takes_the_place_of_an_event_and_no_other(t *testing.T) {
	t.Parallel()
	f := placed(t)
	for position, want := range map[uint64][]string{
		0: {"a@1", "b@0", "$$a@0"}, 1000: {"a@1", "b@0", "$$a@0"}, 1014: {"b@0", "$$a@0"}, 1021: {"$$a@0"},
	} {
		got, _, err := f.messages(rawRead(from(position)))
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("forwards from %d: %v (-want +got):\n%s", position, err, diff)
		}
	}
	for _, position := range nowhere {
		_, _, err := f.messages(rawRead(from(position)))
		wantInvalidPosition(t, err, "forwards", position)
	}
	for _, position := range above {
		if got, _, err := f.messages(rawRead(from(position))); err != nil || len(got) > 0 {
			t.Errorf("forwards from %d gave %v, %v, want nothing", position, got, err)
		}
	}
}

func backwardsFrom(position uint64) *streams.ReadReq {
	return rawRead(func(o *streams.ReadReq_Options) {
		from(position)(o)
		o.ReadDirection = streams.ReadReq_Options_Backwards
	})
}

func TestRead_of_all_backwards_takes_the_place_of_an_event_and_no_other(t *testing.T) {
	t.Parallel()
	f := placed(t)
	for position, want := range map[uint64][]string{
		0: nil, 1: nil, 2: nil, 1000: nil, 1007: nil, 1014: {"a@1"}, 1021: {"b@0", "a@1"}, 1<<64 - 1: {"$$a@0", "b@0", "a@1"},
	} {
		got, _, err := f.messages(backwardsFrom(position))
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("backwards from %d: %v (-want +got):\n%s", position, err, diff)
		}
	}
	for _, position := range append(nowhere[2:], above...) {
		_, _, err := f.messages(backwardsFrom(position))
		wantInvalidPosition(t, err, "backwards", position)
	}
}

// following subscribes to all streams behind a position.
func (f *fixture) following(position uint64, filter *streams.ReadReq_Options_Filter) streams.Streams_ReadClient {
	return f.rawRead(rawRead(func(o *streams.ReadReq_Options) {
		from(position)(o)
		o.CountOption = &streams.ReadReq_Options_Subscription{Subscription: &streams.ReadReq_Options_SubscriptionOptions{}}
		if filter != nil {
			o.FilterOption = filter
		}
	}).GetOptions())
}

// hear receives so many messages, in words.
func hear(t *testing.T, call streams.Streams_ReadClient, n int) (said []string) {
	t.Helper()
	for range n {
		m, err := call.Recv()
		if err != nil {
			t.Fatalf("after %v: %v", said, err)
		}
		said = append(said, inWords(m))
	}
	return said
}

// withCheckpoints is a filter by streams whose checkpoints come after so many
// events.
func withCheckpoints(every uint32, prefixes ...string) *streams.ReadReq_Options_Filter {
	f := byStream("", prefixes...)
	f.Filter.Window = &streams.ReadReq_Options_FilterOptions_Max{Max: every}
	f.Filter.CheckpointIntervalMultiplier = 1
	return f
}

func TestSubscription_to_all_takes_the_place_of_an_event_and_no_other(t *testing.T) {
	t.Parallel()
	f := placed(t)
	for name, filter := range map[string]*streams.ReadReq_Options_Filter{"plain": nil, "filtered": withCheckpoints(100, "b", "$$a")} {
		for _, position := range nowhere {
			call := f.following(position, filter)
			if m, err := call.Recv(); err != nil || m.GetConfirmation() == nil {
				t.Errorf("%s at %d: %v, %v, want a confirmation first", name, position, m, err)
			}
			_, err := call.Recv()
			wantInvalidPosition(t, err, name, position)
		}
		got := hear(t, f.following(1007, filter), 4)
		want := []string{"confirmed", "b@0", "$$a@0", "caught up"}
		if filter != nil {
			want = []string{"confirmed", "b@0", "$$a@0", "checkpoint"}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// From its end on a log has nothing to search, so there is nothing to tell of it.
func TestSubscription_from_the_end_or_above_is_told_only_that_it_has_caught_up(t *testing.T) {
	t.Parallel()
	f := placed(t)
	filter := withCheckpoints(2, "later")
	calls := map[uint64]streams.Streams_ReadClient{}
	for _, position := range append(above, 1021, 1<<64-1) {
		calls[position] = f.following(position, filter)
		if diff := cmp.Diff([]string{"confirmed", "caught up"}, hear(t, calls[position], 2)); diff != "" {
			t.Fatalf("from %d (-want +got):\n%s", position, diff)
		}
	}
	f.append("b", esdb.Revision(0), newEvents(1)...)
	f.append("later", esdb.NoStream{}, newEvents(1)...)
	for position, call := range calls {
		if diff := cmp.Diff([]string{"later@0", "checkpoint"}, hear(t, call, 2)); diff != "" {
			t.Errorf("from %d, then (-want +got):\n%s", position, diff)
		}
	}
}

func (f *fixture) groupOfAll(name string, position uint64) error {
	_, err := wire.NewPersistentSubscriptionsClient(f.raw()).Create(f.ctx, &wire.CreateReq{Options: &wire.CreateReq_Options{
		GroupName: name, Settings: wireSettings(0),
		StreamOption: &wire.CreateReq_Options_All{All: &wire.CreateReq_AllOptions{
			AllOption:    &wire.CreateReq_AllOptions_Position{Position: &wire.CreateReq_Position{CommitPosition: position, PreparePosition: position}},
			FilterOption: &wire.CreateReq_AllOptions_NoFilter{NoFilter: &shared.Empty{}},
		}},
	}})
	return err
}

func TestPersistent_of_all_begins_at_the_place_of_an_event_and_at_no_other(t *testing.T) {
	t.Parallel()
	f := placed(t)
	consume := func(name string) *esdb.PersistentSubscription {
		sub, err := f.client.SubscribeToPersistentSubscriptionToAll(f.ctx, name, esdb.SubscribeToPersistentSubscriptionOptions{})
		f.must(err)
		f.Cleanup(func() { _ = sub.Close() })
		return sub
	}
	for name, position := range map[string]uint64{"start": 0, "first": 1000} {
		f.must(f.groupOfAll(name, position))
		f.received(consume(name), "a@1", "b@0", "$$a@0")
	}
	f.must(f.groupOfAll("last", 1021))
	f.received(consume("last"), "$$a@0")
	f.must(f.groupOfAll("nowhere", 1008))
	for range 2 {
		if told := consume("nowhere").Recv(); told.SubscriptionDropped == nil {
			t.Errorf("the consumer of a group at no event's place is told %+v", told)
		}
	}
	for _, position := range above[3:] {
		if err := f.groupOfAll("above", position); status.Code(err) != codes.Internal || !strings.Contains(err.Error(), "Invalid Start From position") {
			t.Errorf("a group at %d: %v", position, err)
		}
	}
	infos, err := f.client.ListAllPersistentSubscriptions(f.ctx, esdb.ListPersistentSubscriptionsOptions{})
	if f.must(err); len(infos) != 4 {
		t.Errorf("there are %d groups, want 4", len(infos))
	}
}

// What 23.10 leaves out, a server can be told to leave out.
func TestSubscription_tells_as_little_as_23_10_when_it_is_told_to(t *testing.T) {
	t.Parallel()
	f := serve(t, transport.Config{Writable: true, Version2310: true})
	f.append("noise", esdb.NoStream{}, newEvents(7)...)
	if diff := cmp.Diff([]string{"confirmed", "checkpoint", "caught up"}, hear(t, f.following(0, withCheckpoints(5, "other")), 3)); diff != "" {
		t.Errorf("filtered (-want +got):\n%s", diff)
	}
	absent := f.subscribeStream("later", esdb.Start{})
	f.append("later", esdb.NoStream{}, newEvents(2)...)
	wantTold(t, absent, "later@0", "later@1", "caught up")
	there := f.subscribeStream("later", esdb.End{})
	wantTold(t, there, "caught up")
	_, err := f.client.DeleteStream(f.ctx, "later", esdb.DeleteStreamOptions{ExpectedRevision: esdb.Any{}})
	f.must(err)
	deleted := f.subscribeStream("later", esdb.Start{})
	f.append("later", esdb.NoStream{}, newEvents(1)...)
	wantTold(t, deleted, "later@2", "caught up")
}

// A position that is far behind the log's end must not be found out by reading.
func TestRead_refuses_a_place_without_looking_for_it(t *testing.T) {
	t.Parallel()
	f := serve(t, transport.Config{})
	f.seed("s", eventlog.NoStream, 500)
	before := f.node.Health().Read
	_, _, err := f.messages(rawRead(from(1001)))
	wantInvalidPosition(t, err, "forwards", 1001)
	if read := f.node.Health().Read - before; read != 0 {
		t.Errorf("%d events were read for it", read)
	}
}
