package transport_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/google/go-cmp/cmp"

	"parley/adapters/eventnode/transport"
	"parley/domain/eventlog"
)

// told returns the next thing that a subscription tells, in words.
func told(sub *esdb.Subscription) string {
	switch event := sub.Recv(); {
	case event.EventAppeared != nil:
		return place(event.EventAppeared.Event)
	case event.CheckPointReached != nil:
		return "checkpoint"
	case event.CaughtUp != nil:
		return "caught up"
	case event.SubscriptionDropped != nil:
		return "dropped: " + event.SubscriptionDropped.Error.Error()
	}
	return "something else"
}

func wantTold(t *testing.T, sub *esdb.Subscription, want ...string) {
	t.Helper()
	var got []string
	for range want {
		got = append(got, told(sub))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatalf("(-want +got):\n%s", diff)
	}
}

func (f *fixture) subscribeStream(stream string, from esdb.StreamPosition) *esdb.Subscription {
	f.Helper()
	sub, err := f.client.SubscribeToStream(f.ctx, stream, esdb.SubscribeToStreamOptions{From: from})
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { _ = sub.Close() })
	return sub
}

func (f *fixture) subscribeAll(opts esdb.SubscribeToAllOptions) *esdb.Subscription {
	f.Helper()
	sub, err := f.client.SubscribeToAll(f.ctx, opts)
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { _ = sub.Close() })
	return sub
}

func TestSubscription_to_a_stream_catches_up_and_goes_on(t *testing.T) {
	t.Parallel()
	f := serve(t, transport.Config{})
	f.append("s", esdb.NoStream{}, newEvents(3)...)
	start := f.subscribeStream("s", esdb.Start{})
	after := f.subscribeStream("s", esdb.Revision(1))
	end := f.subscribeStream("s", esdb.End{})
	wantTold(t, start, "s@0", "s@1", "s@2", "caught up")
	wantTold(t, after, "s@2", "caught up")
	wantTold(t, end, "caught up")
	f.append("other", esdb.NoStream{}, newEvents(1)...)
	f.append("s", esdb.Revision(2), newEvents(2)...)
	for _, sub := range []*esdb.Subscription{start, after, end} {
		wantTold(t, sub, "s@3", "s@4")
	}
}

func TestSubscription_waits_for_a_stream(t *testing.T) {
	t.Parallel()
	f := serve(t, transport.Config{})
	sub := f.subscribeStream("later", esdb.Start{})
	wantTold(t, sub, "caught up")
	f.append("later", esdb.NoStream{}, newEvents(1)...)
	wantTold(t, sub, "later@0")
}

func TestSubscription_to_all_excludes_where_it_starts(t *testing.T) {
	t.Parallel()
	f := serve(t, transport.Config{})
	first := f.append("a", esdb.NoStream{}, newEvents(1)...)
	f.append("b", esdb.NoStream{}, newEvents(1)...)
	start := f.subscribeAll(esdb.SubscribeToAllOptions{From: esdb.Start{}})
	after := f.subscribeAll(esdb.SubscribeToAllOptions{From: esdb.Position{Commit: first.CommitPosition, Prepare: first.PreparePosition}})
	end := f.subscribeAll(esdb.SubscribeToAllOptions{From: esdb.End{}})
	wantTold(t, start, "a@0", "b@0", "caught up")
	wantTold(t, after, "b@0", "caught up")
	wantTold(t, end, "caught up")
	f.append("c", esdb.NoStream{}, newEvents(1)...)
	for _, sub := range []*esdb.Subscription{start, after, end} {
		wantTold(t, sub, "c@0")
	}
}

func TestSubscription_filters_and_tells_how_far_it_has_come(t *testing.T) {
	t.Parallel()
	f := serve(t, transport.Config{Writable: true})
	f.append("noise", esdb.NoStream{}, newEvents(10)...)
	f.append("parley_a", esdb.NoStream{}, newEvents(1)...)
	f.append("noise", esdb.Revision(9), newEvents(2)...)
	for name, filter := range map[string]*esdb.SubscriptionFilter{
		"by prefix":             {Type: esdb.StreamFilterType, Prefixes: []string{"none", "parley_"}},
		"by regular expression": {Type: esdb.StreamFilterType, Regex: "^parley_[a-z]$"},
	} {
		t.Run(name, func(t *testing.T) {
			sub := f.subscribeAll(esdb.SubscribeToAllOptions{From: esdb.Start{}, Filter: filter, MaxSearchWindow: 2, CheckpointInterval: 2})
			wantTold(t, sub, "checkpoint", "checkpoint", "parley_a@0", "checkpoint", "checkpoint", "caught up")
		})
	}
	byType := f.subscribeAll(esdb.SubscribeToAllOptions{From: esdb.End{}, Filter: &esdb.SubscriptionFilter{Type: esdb.EventFilterType, Prefixes: []string{"test.seeded"}}})
	wantTold(t, byType, "caught up")
	f.append("noise", esdb.Revision(11), newEvents(3)...)
	f.seed("seeded", eventlog.NoStream, 1)
	wantTold(t, byType, "seeded@0")
}

func TestSubscription_refuses_a_filter_that_means_nothing(t *testing.T) {
	t.Parallel()
	f := serve(t, transport.Config{})
	for name, filter := range map[string]*esdb.SubscriptionFilter{
		"open group":     {Type: esdb.EventFilterType, Regex: "("},
		"open look-back": {Type: esdb.StreamFilterType, Regex: "(?<!x"},
	} {
		if sub, err := f.client.SubscribeToAll(f.ctx, esdb.SubscribeToAllOptions{From: esdb.Start{}, Filter: filter}); err == nil {
			_ = sub.Close()
			t.Errorf("%s was accepted", name)
		}
	}
}

// Subscriptions begin at random moments of a load, from the start and from where
// the load is, and must give everything once and in order.
func TestSubscription_switches_to_live_without_gap_or_double(t *testing.T) {
	t.Parallel()
	f := serve(t, transport.Config{})
	const streams, events = 12, 150
	var working, reading sync.WaitGroup
	for s := range streams {
		r := rand.New(rand.NewPCG(7, uint64(s)))
		begins := map[int]bool{r.IntN(events): true, r.IntN(events): true, events - 1: true}
		stream := fmt.Sprintf("load-%d", s)
		working.Go(func() {
			for i := range events {
				f.seed(stream, eventlog.Revision(i-1), 1)
				if begins[i] {
					reading.Go(func() { f.wantEvery(streams * events) })
					reading.Go(func() { f.wantStream(stream, 0, events) })
					reading.Go(func() { f.wantStream(stream, i, events) })
				}
			}
		})
	}
	working.Wait()
	reading.Wait()
}

func TestSubscription_ends_behind_the_tombstone_of_its_stream(t *testing.T) {
	t.Parallel()
	f := serve(t, transport.Config{})
	f.append("s", esdb.NoStream{}, newEvents(1)...)
	sub := f.subscribeStream("s", esdb.Start{})
	wantTold(t, sub, "s@0", "caught up")
	if _, err := f.client.TombstoneStream(f.ctx, "s", esdb.TombstoneStreamOptions{ExpectedRevision: esdb.Any{}}); err != nil {
		t.Fatal(err)
	}
	wantTold(t, sub, "s@9223372036854775807")
	if got := told(sub); !strings.Contains(got, "is deleted") {
		t.Errorf("the subscription told %q", got)
	}
	if _, err := f.client.SubscribeToStream(f.ctx, "s", esdb.SubscribeToStreamOptions{From: esdb.End{}}); code(err) != esdb.ErrorCodeStreamDeleted {
		t.Errorf("another subscription: %v, want deleted", err)
	}
	all := f.subscribeAll(esdb.SubscribeToAllOptions{From: esdb.Start{}})
	wantTold(t, all, "s@0", "s@9223372036854775807", "caught up")
}

func TestSubscription_waits_while_its_stream_is_deleted(t *testing.T) {
	t.Parallel()
	f := serve(t, transport.Config{})
	f.append("s", esdb.NoStream{}, newEvents(3)...)
	before := f.subscribeStream("s", esdb.Revision(1))
	wantTold(t, before, "s@2", "caught up")
	if _, err := f.client.DeleteStream(f.ctx, "s", esdb.DeleteStreamOptions{ExpectedRevision: esdb.Any{}}); err != nil {
		t.Fatal(err)
	}
	start, end := f.subscribeStream("s", esdb.Start{}), f.subscribeStream("s", esdb.End{})
	wantTold(t, start, "caught up")
	wantTold(t, end, "caught up")
	f.append("s", esdb.NoStream{}, newEvents(2)...)
	for _, sub := range []*esdb.Subscription{before, start, end} {
		wantTold(t, sub, "s@3", "s@4")
	}
}

func TestSubscription_shows_what_metadata_lets_be_read(t *testing.T) {
	t.Parallel()
	f := serve(t, transport.Config{})
	for stream, metadata := range map[string]string{"count": `{"$maxCount":2}`, "cut": `{"$tb":3}`, "age": `{"$maxAge":3600,"$tb":3}`} {
		f.append(stream, esdb.NoStream{}, newEvents(5)...)
		f.write("$$"+stream, "$metadata", metadata)
		sub := f.subscribeStream(stream, esdb.Start{})
		wantTold(t, sub, stream+"@3", stream+"@4", "caught up")
		f.append(stream, esdb.Revision(4), newEvents(3)...)
		wantTold(t, sub, stream+"@5", stream+"@6", stream+"@7")
	}
}

func TestSubscription_tells_no_checkpoint_twice(t *testing.T) {
	t.Parallel()
	f := serve(t, transport.Config{})
	f.append("s", esdb.NoStream{}, newEvents(4)...)
	filter := &esdb.SubscriptionFilter{Type: esdb.StreamFilterType, Prefixes: []string{"none"}}
	sub := f.subscribeAll(esdb.SubscribeToAllOptions{From: esdb.Start{}, Filter: filter, MaxSearchWindow: 2, CheckpointInterval: 1})
	wantTold(t, sub, "checkpoint", "checkpoint", "caught up")
	f.append("s", esdb.Revision(3), newEvents(4)...)
	wantTold(t, sub, "checkpoint", "checkpoint")
}

// wantEvery subscribes to all and demands n events, each stream without gap.
func (f *fixture) wantEvery(n int) {
	sub := f.subscribeAll(esdb.SubscribeToAllOptions{From: esdb.Start{}})
	next := map[string]uint64{}
	for seen := 0; seen < n; {
		event := sub.Recv()
		if event.SubscriptionDropped != nil {
			f.Error(event.SubscriptionDropped.Error)
			return
		}
		if event.EventAppeared == nil {
			continue
		}
		e := event.EventAppeared.Event
		if e.EventNumber != next[e.StreamID] {
			f.Errorf("got %s, want revision %d", place(e), next[e.StreamID])
			return
		}
		next[e.StreamID]++
		seen++
	}
}

// wantStream subscribes to a stream behind its first events and demands those up
// to n.
func (f *fixture) wantStream(stream string, behind, n int) {
	var from esdb.StreamPosition = esdb.Start{}
	if behind > 0 {
		from = esdb.Revision(uint64(behind - 1))
	}
	sub := f.subscribeStream(stream, from)
	for next := behind; next < n; {
		switch got := told(sub); got {
		case "caught up":
		case fmt.Sprintf("%s@%d", stream, next):
			next++
		default:
			f.Errorf("got %s, want revision %d", got, next)
			return
		}
	}
}
