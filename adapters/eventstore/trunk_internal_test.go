package eventstore

import (
	"context"
	"errors"
	"testing"
	"time"

	"parley/domain/eventlog"
)

// standing is a follower that has caught up with the log at a position. Its store
// has no server.
func standing(t *testing.T, s *Store, prefix string, at eventlog.Position) *follower {
	t.Helper()
	sub, err := s.Follow(t.Context(), at, prefix)
	if err != nil {
		t.Fatal(err)
	}
	f := sub.(*follower)
	f.begun, f.live = true, true
	return f
}

func openNowhere(t *testing.T) *Store {
	t.Helper()
	s, err := Open(Config{ConnectionString: "esdb://127.0.0.1:1?tls=false"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func TestTrunk_is_shared_by_those_of_its_prefix(t *testing.T) {
	t.Parallel()
	s := openNowhere(t)
	first, second, other := standing(t, s, "a", 7), standing(t, s, "a", 7), standing(t, s, "b", 7)
	for _, f := range []*follower{first, second, other} {
		f.join()
	}
	if first.trunk == nil || first.trunk != second.trunk || other.trunk == first.trunk {
		t.Errorf("trunks: %p and %p of one prefix, %p of another", first.trunk, second.trunk, other.trunk)
	}
}

func TestTrunk_takes_in_nobody_who_would_miss_something(t *testing.T) {
	t.Parallel()
	s := openNowhere(t)
	standing(t, s, "a", 7).join()
	for at, want := range map[eventlog.Position]bool{6: false, 7: true, 8: false} {
		f := standing(t, s, "a", at)
		if f.join(); (f.trunk != nil) != want {
			t.Errorf("a follower at %d joined a trunk at 7: %v", at, f.trunk != nil)
		}
	}
}

func TestTrunk_is_not_started_by_one_who_has_not_caught_up(t *testing.T) {
	t.Parallel()
	s := openNowhere(t)
	f := standing(t, s, "a", 7)
	f.live = false
	if f.join(); f.trunk != nil {
		t.Error("a follower that is not live started a trunk")
	}
}

// The last to leave, by whatever way, ends the trunk and its feed.
func TestTrunk_lasts_while_it_has_members(t *testing.T) {
	t.Parallel()
	s := openNowhere(t)
	closed, overrun := standing(t, s, "a", 7), standing(t, s, "a", 7)
	closed.join()
	overrun.join()
	s.mu.Lock()
	trunk := s.era.trunks["a"]
	s.mu.Unlock()
	closed.Close()
	closed.Close()
	for p := eventlog.Position(8); p <= 8+ringEvents; p++ {
		if err := trunk.ring.put(t.Context(), eventlog.Recorded{Position: p}); err != nil {
			t.Fatal(err)
		}
	}
	catching := make(chan error, 1)
	go func() {
		_, err := overrun.Next(t.Context())
		catching <- err
	}()
	witness := standing(t, s, "a", 8+ringEvents)
	patient, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if _, err := trunk.ring.next(patient, witness); !errors.Is(err, eventlog.ErrClosed) {
		t.Errorf("got %v, want the end of the feed", err)
	}
	s.mu.Lock()
	if len(s.era.trunks) > 0 {
		t.Error("a trunk without members is still there")
	}
	s.mu.Unlock()
	overrun.Close()
	if err := <-catching; !errors.Is(err, eventlog.ErrClosed) {
		t.Errorf("got %v, want closed", err)
	}
}
