package transport_test

import (
	"fmt"
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
	wantTold(t, byType, "checkpoint", "caught up")
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

func TestSubscription_switches_to_live_without_gap_or_double(t *testing.T) {
	t.Parallel()
	f := serve(t, transport.Config{})
	const streams, events = 4, 400
	var appending sync.WaitGroup
	for s := range streams {
		appending.Go(func() {
			for i := range events {
				f.seed(fmt.Sprintf("load-%d", s), eventlog.Revision(i-1), 1)
			}
		})
	}
	var reading sync.WaitGroup
	for range 3 {
		reading.Go(func() { f.wantEvery(streams * events) })
		reading.Go(func() { f.wantStream("load-1", events) })
	}
	appending.Wait()
	reading.Wait()
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

func (f *fixture) wantStream(stream string, n int) {
	sub := f.subscribeStream(stream, esdb.Start{})
	for next := 0; next < n; {
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
