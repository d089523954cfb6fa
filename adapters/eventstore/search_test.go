package eventstore_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"github.com/google/uuid"
	"google.golang.org/grpc/metadata"

	"parley/adapters/eventnode"
	"parley/adapters/eventstore"
	"parley/domain/eventlog"
)

// appendForeign appends so many events of others at once to streams of their own.
func appendForeign(t *testing.T, node *eventnode.Node, n int) (last eventlog.Position) {
	t.Helper()
	for n > 0 {
		batch := make([]eventlog.NewEvent, min(n, 500))
		for i := range batch {
			batch[i] = event()
		}
		n -= len(batch)
		done, err := node.Append(t.Context(), "other-"+uuid.NewString(), eventlog.NoStream, batch)
		if err != nil {
			t.Fatal(err)
		}
		last = done.Position
	}
	return last
}

// What others write does not cross the wire, wherever it stands.
func TestForeign_events_cost_no_bytes(t *testing.T) {
	t.Parallel()
	const few, many = 100, 5_000
	asks := map[string]func(t *testing.T, log eventlog.Log, from, own, end eventlog.Position){
		"reading what is own": func(t *testing.T, log eventlog.Log, from, own, _ eventlog.Position) {
			for e, err := range log.ReadAll(t.Context(), from, "parley_", 0) {
				if err != nil || e.Position != own {
					t.Errorf("got the event at %d, %v; want that at %d", e.Position, err, own)
				}
			}
		},
		"reading behind the last own": func(t *testing.T, log eventlog.Log, _, own, _ eventlog.Position) {
			for e, err := range log.ReadAll(t.Context(), own, "parley_", 1) {
				t.Errorf("got the event at %d, %v; want none", e.Position, err)
			}
		},
		"whether the end is passed": func(t *testing.T, log eventlog.Log, _, own, end eventlog.Position) {
			if passed, err := eventlog.Passed(t.Context(), log, own, end, "parley_"); err != nil || !passed {
				t.Errorf("got %v, %v", passed, err)
			}
		},
		"identity": func(t *testing.T, log eventlog.Log, _, _, _ eventlog.Position) {
			if id, err := eventlog.Identity(t.Context(), log, "parley_"); err != nil || id == uuid.Nil {
				t.Errorf("got %s, %v", id, err)
			}
		},
		"the end": func(t *testing.T, log eventlog.Log, _, _, end eventlog.Position) {
			if got, err := log.End(t.Context()); err != nil || got != end {
				t.Errorf("got %d, %v; want %d", got, err, end)
			}
		},
	}
	cost := map[string]map[int]int64{}
	for _, n := range []int{few, many} {
		s := serve(t)
		from := fill(t, s.node, "parley_a", 1)[0]
		appendForeign(t, s.node, n)
		own := fill(t, s.node, "parley_b", 1)[0]
		end := appendForeign(t, s.node, n)
		store := s.store()
		for _, known := range []eventlog.Position{from, own} {
			if _, err := store.At(t.Context(), known); err != nil {
				t.Fatal(err)
			}
		}
		for name, ask := range asks {
			before := s.sent.Load()
			ask(t, store, from, own, end)
			if cost[name] == nil {
				cost[name] = map[int]int64{}
			}
			cost[name][n] = s.sent.Load() - before
		}
	}
	for name, bytes := range cost {
		t.Logf("%s: %d bytes among %d foreign events, %d among %d", name, bytes[few], few, bytes[many], many)
		if bytes[many] > bytes[few]+4096 {
			t.Errorf("%s: %d bytes among %d foreign events, %d among %d", name, bytes[few], few, bytes[many], many)
		}
	}
}

// A server that names no place when it has caught up is believed to have passed
// what was the end before it began.
func TestFollow_passes_the_end_that_no_server_names(t *testing.T) {
	t.Parallel()
	s := serve(t)
	s.asOf2310()
	own := fill(t, s.node, "parley_a", 1)[0]
	end := appendForeign(t, s.node, 700)
	store := s.store()
	for name, after := range map[string]eventlog.Position{"start": eventlog.Start, "last own event": own, "end": end} {
		r := follow(t, store, after)
		r.until(end)
		t.Logf("from the %s: live at %d", name, r.at)
		next := appendForeign(t, s.node, 1)
		if passed, err := eventlog.Passed(t.Context(), store, r.at, next, "parley_"); err != nil || !passed {
			t.Errorf("from the %s: one at %d has passed %d: got %v, %v", name, r.at, next, passed, err)
		}
		end = next
	}
}

// A live subscription's place lags while only others write. Who joins it then must
// not be live before where the log ended when he began.
func TestFollow_is_live_behind_the_end_of_its_beginning_though_the_trunk_lags(t *testing.T) {
	t.Parallel()
	s := serve(t)
	s.asOf2310()
	store := s.store()
	own := fill(t, store, "parley_a", 2)
	standing := follow(t, store, eventlog.Start)
	standing.until(own[1])
	for range 3 {
		end := appendForeign(t, s.node, 3)
		r := follow(t, store, own[0])
		ctx := t.Context()
		for live := false; !live; {
			batch, err := r.sub.Next(ctx)
			if err != nil {
				t.Fatal(err)
			}
			if live = batch.Live; live && batch.Position < end {
				t.Fatalf("live at %d, the log ended at %d", batch.Position, end)
			}
		}
		r.sub.Close()
	}
}

// A read with a prefix ends though others write all the time, and whatever comes of
// its own meanwhile.
func TestReadAll_ends_where_the_log_did(t *testing.T) {
	t.Parallel()
	s := serve(t)
	s.asOf2310()
	store := s.store()
	want := fill(t, store, "parley_a", 50)
	expected, seen := eventlog.NoStream, 0
	for e, err := range store.ReadAll(t.Context(), eventlog.Start, "parley_", 0) {
		if err != nil {
			t.Fatal(err)
		}
		if seen >= len(want) || e.Position != want[seen] {
			t.Fatalf("event %d is at %d", seen, e.Position)
		}
		seen++
		for _, stream := range []string{"parley_b", "other"} {
			if _, err := s.node.Append(t.Context(), stream, expected, []eventlog.NewEvent{event()}); err != nil {
				t.Fatal(err)
			}
		}
		expected++
	}
	if seen != len(want) {
		t.Errorf("got %d events, want the %d that were there", seen, len(want))
	}
}

// Nobody has to say that the end is reached: an event behind it says so as well.
func TestReadAll_ends_at_an_event_behind_the_end(t *testing.T) {
	t.Parallel()
	s := serve(t)
	s.says(func(said *script) {
		said.hide = func(answer *streams.ReadResp) bool {
			return answer.GetCheckpoint() != nil || answer.GetCaughtUp() != nil
		}
	})
	store := s.store()
	want := fill(t, store, "parley_a", 3)
	appendForeign(t, s.node, 1)
	var seen []eventlog.Position
	for e, err := range store.ReadAll(t.Context(), eventlog.Start, "parley_", 0) {
		if err != nil {
			t.Fatal(err)
		}
		if seen = append(seen, e.Position); len(seen) == 1 {
			fill(t, s.node, "parley_b", 1)
		}
	}
	if !slices.Equal(seen, want) {
		t.Errorf("got %v, want %v", seen, want)
	}
}

// A search that says nothing for longer than any call may take goes on while the
// connection is alive.
func TestReadAll_is_patient_with_a_search(t *testing.T) {
	t.Parallel()
	s := serve(t)
	own := fill(t, s.node, "parley_a", 1)
	appendForeign(t, s.node, 100)
	store := s.storeWith(eventstore.Config{CallTimeout: 50 * time.Millisecond})
	if _, err := store.End(t.Context()); err != nil {
		t.Fatal(err)
	}
	searches, asked, silence := make(chan struct{}, 100), make(chan struct{}, 100), make(chan struct{})
	s.says(func(said *script) {
		said.read = func(options *streams.ReadReq_Options, _ metadata.MD) error {
			if options.GetSubscription() == nil {
				asked <- struct{}{}
				return nil
			}
			searches <- struct{}{}
			<-silence
			return nil
		}
	})
	done := make(chan error, 1)
	go func() { done <- wantOnly(t.Context(), store, own[0]) }()
	<-searches
	for range 6 { // the end, twice, and then whether the server is still there
		<-asked
	}
	close(silence)
	if err := <-done; err != nil {
		t.Error(err)
	}
	if n := len(searches); n > 0 {
		t.Errorf("the search was begun %d times more", n)
	}
}

// wantOnly reads what is Parley's and demands that it is the event at a position.
func wantOnly(ctx context.Context, log eventlog.Log, want eventlog.Position) error {
	found := errors.New("got nothing")
	for e, err := range log.ReadAll(ctx, eventlog.Start, "parley_", 0) {
		if found = err; err == nil && e.Position != want {
			return fmt.Errorf("got the event at %d, want that at %d", e.Position, want)
		}
	}
	return found
}
