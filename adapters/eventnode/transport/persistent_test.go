package transport_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/google/uuid"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"parley/adapters/eventnode/transport"
)

// group creates a group "g" that begins at the start, as change wants it.
func (f *fixture) group(stream string, change func(*esdb.PersistentSubscriptionSettings)) {
	f.Helper()
	settings := esdb.SubscriptionSettingsDefault()
	if change != nil {
		change(&settings)
	}
	opts := esdb.PersistentStreamSubscriptionOptions{Settings: &settings, StartFrom: esdb.Start{}}
	if err := f.client.CreatePersistentSubscription(f.ctx, stream, "g", opts); err != nil {
		f.Fatal(err)
	}
}

// consume connects a consumer with another client, as another program would.
func (f *fixture) consume(stream string, buffer uint32) (*esdb.PersistentSubscription, error) {
	f.Helper()
	f.connect()
	sub, err := f.client.SubscribeToPersistentSubscription(f.ctx, stream, "g", esdb.SubscribeToPersistentSubscriptionOptions{BufferSize: buffer})
	if err == nil {
		f.Cleanup(func() { _ = sub.Close() })
	}
	return sub, err
}

func (f *fixture) mustConsume(stream string, buffer uint32) *esdb.PersistentSubscription {
	f.Helper()
	sub, err := f.consume(stream, buffer)
	if err != nil {
		f.Fatal(err)
	}
	return sub
}

// received demands the next events, written as stream@revision, and a + for each
// retry.
func (f *fixture) received(sub *esdb.PersistentSubscription, want ...string) []*esdb.ResolvedEvent {
	f.Helper()
	var got []string
	var events []*esdb.ResolvedEvent
	for range want {
		told := sub.Recv()
		if told.EventAppeared == nil {
			f.Fatalf("got %v and then %v, want %v", got, told.SubscriptionDropped.Error, want)
		}
		e := told.EventAppeared.Event
		at := e.Event
		if at == nil {
			at = e.Link
		}
		text := place(at)
		for range told.EventAppeared.RetryCount {
			text += "+"
		}
		got, events = append(got, text), append(events, e)
	}
	if !slices.Equal(got, want) {
		f.Fatalf("got %v, want %v", got, want)
	}
	return events
}

func (f *fixture) must(err error) {
	f.Helper()
	if err != nil {
		f.Fatal(err)
	}
}

// standing waits until the group stands as wanted.
func (f *fixture) standing(stream, what string, ok func(*esdb.PersistentSubscriptionInfo) bool) *esdb.PersistentSubscriptionInfo {
	f.Helper()
	for {
		info, err := f.client.GetPersistentSubscriptionInfo(f.ctx, stream, "g", esdb.GetPersistentSubscriptionOptions{})
		f.must(err)
		if ok(info) {
			return info
		}
		select {
		case <-f.ctx.Done():
			f.Fatalf("the group is not %s: %+v", what, info.Stats)
		case <-time.After(5 * time.Millisecond):
		}
	}
}

func TestPersistent_does_with_an_event_what_its_consumer_says(t *testing.T) {
	t.Parallel()
	f := serve(t, transport.Config{})
	f.append("s", esdb.NoStream{}, newEvents(5)...)
	f.group("s", func(s *esdb.PersistentSubscriptionSettings) { s.MaxRetryCount, s.MessageTimeout = 2, 300 })
	sub := f.mustConsume("s", 1)
	f.must(sub.Nack("", esdb.NackActionRetry, f.received(sub, "s@0")...))
	f.must(sub.Nack("", esdb.NackActionUnknown, f.received(sub, "s@0+")...))
	f.must(sub.Nack("too often", esdb.NackActionRetry, f.received(sub, "s@0++")...))
	f.must(sub.Nack("", esdb.NackActionSkip, f.received(sub, "s@1")...))
	f.must(sub.Nack("", esdb.NackActionPark, f.received(sub, "s@2")...))
	f.received(sub, "s@3") // comes again when its time is over
	f.must(sub.Ack(f.received(sub, "s@3+")...))
	f.must(sub.Nack("", esdb.NackActionStop, f.received(sub, "s@4")...))
	f.standing("s", "stopped with two parked", func(i *esdb.PersistentSubscriptionInfo) bool {
		return i.Stats.ParkedMessagesCount == 2 && i.Stats.TotalInFlightMessages == 0 && len(i.Connections) == 1
	})
	f.must(f.client.UpdatePersistentSubscription(f.ctx, "s", "g", esdb.PersistentStreamSubscriptionOptions{StartFrom: esdb.Start{}}))
	f.received(f.mustConsume("s", 1), "s@4")
}

func TestPersistent_gives_one_who_does_not_answer_the_same_event_until_it_is_parked(t *testing.T) {
	t.Parallel()
	f := serve(t, transport.Config{})
	f.append("s", esdb.NoStream{}, newEvents(2)...)
	f.group("s", func(s *esdb.PersistentSubscriptionSettings) { s.MaxRetryCount, s.MessageTimeout = 3, 100 })
	sub := f.mustConsume("s", 1)
	next := f.received(sub, "s@0", "s@0+", "s@0++", "s@0+++", "s@1")
	f.must(sub.Ack(next[4]))
	f.standing("s", "done with one parked", func(i *esdb.PersistentSubscriptionInfo) bool {
		return i.Stats.ParkedMessagesCount == 1 && i.Stats.TotalItems == 1
	})
}

func TestPersistent_takes_sizes_below_zero(t *testing.T) {
	t.Parallel()
	f := serve(t, transport.Config{})
	f.append("s", esdb.NoStream{}, newEvents(1)...)
	f.group("s", func(s *esdb.PersistentSubscriptionSettings) {
		s.LiveBufferSize, s.MaxRetryCount, s.ReadBatchSize = -1, -1, -1
	})
	f.received(f.mustConsume("s", 1), "s@0")
}

// Both the event and the link that led to it are said to be where the link is.
func TestPersistent_gives_what_links_lead_to_at_the_place_of_the_link(t *testing.T) {
	t.Parallel()
	f := serve(t, transport.Config{})
	f.append("s", esdb.NoStream{}, newEvents(1)...)
	f.group("s", nil)
	sub := f.mustConsume("s", 1)
	own := f.received(sub, "s@0")
	f.must(sub.Nack("", esdb.NackActionPark, own...))
	f.standing("s", "parked", func(i *esdb.PersistentSubscriptionInfo) bool { return i.Stats.ParkedMessagesCount == 1 })
	f.must(f.client.ReplayParkedMessages(f.ctx, "s", "g", esdb.ReplayParkedMessagesOptions{}))
	replayed := f.received(sub, "s@0")[0]
	if at := replayed.Event.Position; at != replayed.Link.Position || at.Commit != at.Prepare || at.Commit <= own[0].Event.Position.Commit || *replayed.Commit != at.Commit {
		t.Errorf("the event at %+v is replayed at %+v by a link at %+v", own[0].Event.Position, at, replayed.Link.Position)
	}
}

func TestPersistent_replays_parked_events_up_to_a_revision_or_all(t *testing.T) {
	t.Parallel()
	f := serve(t, transport.Config{})
	f.append("s", esdb.NoStream{}, newEvents(3)...)
	f.group("s", nil)
	sub := f.mustConsume("s", 10)
	f.must(sub.Nack("no", esdb.NackActionPark, f.received(sub, "s@0", "s@1", "s@2")...))
	f.standing("s", "parked", func(i *esdb.PersistentSubscriptionInfo) bool { return i.Stats.ParkedMessagesCount == 3 })
	f.must(f.client.ReplayParkedMessages(f.ctx, "s", "g", esdb.ReplayParkedMessagesOptions{StopAt: 1}))
	first := f.received(sub, "s@0")
	if link := first[0].Link; link == nil || link.StreamID != "$persistentsubscription-s::g-parked" || link.EventType != "$>" {
		t.Errorf("a replayed event comes by the link %+v", link)
	}
	f.must(sub.Ack(first...))
	f.must(f.client.ReplayParkedMessages(f.ctx, "s", "g", esdb.ReplayParkedMessagesOptions{}))
	f.must(sub.Ack(f.received(sub, "s@1", "s@2")...))
	f.standing("s", "without parked events", func(i *esdb.PersistentSubscriptionInfo) bool {
		return i.Stats.ParkedMessagesCount == 0 && i.Stats.TotalInFlightMessages == 0
	})
}

func TestPersistent_gives_the_events_of_a_killed_consumer_to_another(t *testing.T) {
	t.Parallel()
	f := serve(t, transport.Config{})
	f.append("s", esdb.NoStream{}, newEvents(4)...)
	f.group("s", nil)
	killed := f.mustConsume("s", 2)
	dying := f.client
	f.received(killed, "s@0", "s@1")
	other := f.mustConsume("s", 10)
	f.received(other, "s@2", "s@3")
	f.must(dying.Close())
	f.received(other, "s@0+", "s@1+")
}

func TestPersistent_drops_consumers_of_a_changed_and_of_a_deleted_group(t *testing.T) {
	t.Parallel()
	f := serve(t, transport.Config{})
	f.group("s", nil)
	for name, end := range map[string]func() error{
		"changed": func() error {
			return f.client.UpdatePersistentSubscription(f.ctx, "s", "g", esdb.PersistentStreamSubscriptionOptions{})
		},
		"restarted": func() error {
			return f.client.RestartPersistentSubscriptionSubsystem(f.ctx, esdb.RestartPersistentSubscriptionSubsystemOptions{})
		},
	} {
		f.wantDropped(name, end)
	}
	f.wantDropped("deleted", func() error {
		return f.client.DeletePersistentSubscription(f.ctx, "s", "g", esdb.DeletePersistentSubscriptionOptions{})
	})
	if _, err := f.consume("s", 1); code(err) != esdb.ErrorCodeResourceNotFound {
		t.Errorf("a deleted group answers %v", err)
	}
}

func (f *fixture) wantDropped(name string, end func() error) {
	f.Helper()
	sub := f.mustConsume("s", 1)
	f.must(end())
	if told := sub.Recv(); told.SubscriptionDropped == nil || status.Code(told.SubscriptionDropped.Error) != codes.Canceled {
		f.Errorf("%s: the consumer is told %+v", name, told)
	}
}

func TestPersistent_lets_in_no_more_consumers_than_it_may(t *testing.T) {
	t.Parallel()
	f := serve(t, transport.Config{})
	f.group("s", func(s *esdb.PersistentSubscriptionSettings) { s.MaxSubscriberCount = 2 })
	first := f.mustConsume("s", 1)
	f.mustConsume("s", 1)
	if _, err := f.consume("s", 1); err == nil {
		t.Error("a third consumer was let in")
	}
	f.must(first.Close())
	f.standing("s", "left by one", func(i *esdb.PersistentSubscriptionInfo) bool { return len(i.Connections) == 1 })
	f.mustConsume("s", 1)
}

func TestPersistent_tells_how_a_group_stands(t *testing.T) {
	t.Parallel()
	f := serve(t, transport.Config{})
	f.append("s", esdb.NoStream{}, newEvents(6)...)
	f.group("s", func(s *esdb.PersistentSubscriptionSettings) {
		s.CheckpointLowerBound, s.CheckpointUpperBound, s.ExtraStatistics = 1, 1, true
		s.ConsumerStrategyName = esdb.ConsumerStrategyPinned
	})
	sub := f.mustConsume("s", 3)
	f.must(sub.Ack(f.received(sub, "s@0", "s@1", "s@2")[:2]...))
	i := f.standing("s", "at its checkpoint", func(i *esdb.PersistentSubscriptionInfo) bool {
		return i.Stats.LastCheckpointedEventRevision != nil && *i.Stats.LastCheckpointedEventRevision == 1
	})
	got := fmt.Sprintln(i.EventSource, i.GroupName, i.Status, i.Settings.ConsumerStrategyName, i.Settings.StartFrom, *i.Stats.LastKnownEventRevision,
		i.Stats.TotalItems, i.Stats.TotalInFlightMessages, len(i.Connections))
	if want := fmt.Sprintln("s g Live Pinned", esdb.Start{}, 5, 2, 3, 1); got != want {
		t.Errorf("got %swant %s", got, want)
	}
	c := i.Connections[0]
	if c.Username != "anonymous" || c.From == "" || c.AvailableSlots != 0 || c.InFlightMessages != 3 || c.TotalItemsProcessed != 2 || len(c.ExtraStatistics) == 0 {
		t.Errorf("the connection is told as %+v", c)
	}
}

func TestPersistent_lists_groups_and_knows_where_they_begin(t *testing.T) {
	t.Parallel()
	f := serve(t, transport.Config{})
	for group, from := range map[string]esdb.StreamPosition{"end": esdb.End{}, "seventh": esdb.Revision(7), "start": esdb.Start{}} {
		f.must(f.client.CreatePersistentSubscription(f.ctx, "s", group, esdb.PersistentStreamSubscriptionOptions{StartFrom: from}))
	}
	f.must(f.client.CreatePersistentSubscriptionToAll(f.ctx, "all", esdb.PersistentAllSubscriptionOptions{StartFrom: esdb.Position{Commit: 1007, Prepare: 1007}}))
	infos, err := f.client.ListPersistentSubscriptionsForStream(f.ctx, "s", esdb.ListPersistentSubscriptionsOptions{})
	f.must(err)
	var got []string
	for _, i := range infos {
		got = append(got, fmt.Sprintf("%s %T", i.GroupName, i.Settings.StartFrom))
	}
	if want := []string{"end esdb.End", "seventh esdb.Revision", "start esdb.Start"}; len(got) != 3 || got[0] != want[0] || got[2] != want[2] {
		t.Errorf("got %v, want %v", got, want)
	}
	all, err := f.client.ListAllPersistentSubscriptions(f.ctx, esdb.ListPersistentSubscriptionsOptions{})
	if f.must(err); len(all) != 4 {
		t.Errorf("%d groups, want 4", len(all))
	}
	if _, err := f.client.ListPersistentSubscriptionsForStream(f.ctx, "other", esdb.ListPersistentSubscriptionsOptions{}); code(err) != esdb.ErrorCodeResourceNotFound {
		t.Errorf("a stream without groups answers %v", err)
	}
}

func TestPersistent_to_all_streams_filters_and_begins_with_its_position(t *testing.T) {
	t.Parallel()
	f := serve(t, transport.Config{})
	f.append("a", esdb.NoStream{}, newEvents(2)...)
	second := f.append("b", esdb.NoStream{}, newEvents(2)...)
	opts := esdb.PersistentAllSubscriptionOptions{
		StartFrom: esdb.Position{Commit: second.CommitPosition, Prepare: second.PreparePosition},
		Filter:    &esdb.SubscriptionFilter{Type: esdb.StreamFilterType, Regex: "^[a-c]$"},
	}
	f.must(f.client.CreatePersistentSubscriptionToAll(f.ctx, "g", opts))
	sub, err := f.client.SubscribeToPersistentSubscriptionToAll(f.ctx, "g", esdb.SubscribeToPersistentSubscriptionOptions{})
	f.must(err)
	f.Cleanup(func() { _ = sub.Close() })
	f.received(sub, "b@1")
	f.append("noise", esdb.NoStream{}, newEvents(2)...)
	f.append("c", esdb.NoStream{}, newEvents(1)...)
	f.received(sub, "c@0")
}

func TestPersistent_gives_the_tombstone_of_its_stream(t *testing.T) {
	t.Parallel()
	f := serve(t, transport.Config{})
	f.append("s", esdb.NoStream{}, newEvents(1)...)
	f.group("s", nil)
	sub := f.mustConsume("s", 1)
	f.must(sub.Ack(f.received(sub, "s@0")...))
	_, err := f.client.TombstoneStream(f.ctx, "s", esdb.TombstoneStreamOptions{ExpectedRevision: esdb.Any{}})
	f.must(err)
	tombstone := f.received(sub, "s@9223372036854775807")
	if e := tombstone[0].Event; e.EventType != "$streamDeleted" || e.ContentType != "application/octet-stream" || len(e.Data) > 0 {
		t.Errorf("it is %+v", e)
	}
	f.must(sub.Ack(tombstone...))
	f.standing("s", "done, with its consumer", func(i *esdb.PersistentSubscriptionInfo) bool {
		return i.Stats.TotalItems == 2 && len(i.Connections) == 1
	})
}

func TestPersistent_goes_on_with_a_stream_that_was_deleted_and_made_anew(t *testing.T) {
	t.Parallel()
	f := serve(t, transport.Config{})
	f.append("s", esdb.NoStream{}, newEvents(2)...)
	f.group("s", nil)
	sub := f.mustConsume("s", 10)
	f.must(sub.Ack(f.received(sub, "s@0", "s@1")...))
	_, err := f.client.DeleteStream(f.ctx, "s", esdb.DeleteStreamOptions{ExpectedRevision: esdb.Any{}})
	f.must(err)
	f.append("s", esdb.NoStream{}, newEvents(1)...)
	f.received(sub, "s@2")
}

func TestPersistent_follows_links(t *testing.T) {
	t.Parallel()
	f := serve(t, transport.Config{})
	f.append("s", esdb.NoStream{}, newEvents(2)...)
	link := func(to string) esdb.EventData {
		return esdb.EventData{EventID: uuid.New(), EventType: "$>", ContentType: esdb.ContentTypeBinary, Data: []byte(to)}
	}
	f.append("links", esdb.NoStream{}, link("1@s"), link("9@s"), link("nonsense"))
	f.group("links", func(s *esdb.PersistentSubscriptionSettings) { s.ResolveLinkTos = true })
	sub := f.mustConsume("links", 10)
	events := f.received(sub, "s@1", "links@1", "links@2")
	if events[0].Link == nil || events[1].Event != nil || events[2].Link != nil {
		t.Error("links and their targets are mixed up")
	}
	f.must(sub.Ack(events...))
	f.standing("links", "done", func(i *esdb.PersistentSubscriptionInfo) bool { return i.Stats.TotalItems == 3 })
}
