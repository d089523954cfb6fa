package commands_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"parley/domain"
	"parley/domain/eventlog"
)

func TestFollower_shows_what_another_instance_wrote(t *testing.T) {
	t.Parallel()
	log := openLog(t, t.TempDir())
	one, other := newInstance(t, log), newInstance(t, log)
	id := one.started(t)
	count := func() (n int) {
		if err := other.View(t.Context(), id, func(l loaded) { n = l.State.MessageCount }); err != nil {
			t.Error(err)
		}
		return n
	}
	if count() != 0 {
		t.Fatal("a message before the first")
	}
	out := one.must(t, id, request(), post("hello"))
	if err := other.deps.Follower.Wait(t.Context(), out.Position); err != nil {
		t.Fatal(err)
	}
	if count() != 1 {
		t.Fatal("the other instance shows an old state behind the position it has passed")
	}
}

func TestFollower_goes_on_where_it_was_when_run_again(t *testing.T) {
	t.Parallel()
	log := openLog(t, t.TempDir())
	one := newInstance(t, log)
	id := one.started(t)
	other := newDeafInstance(log)
	f := other.deps.Follower
	t.Run("first", func(t *testing.T) { run(t, f) })
	if err := other.View(t.Context(), id, func(loaded) {}); err != nil {
		t.Fatal(err)
	}
	out := one.must(t, id, request(), post("between"))
	run(t, f)
	if err := f.Wait(t.Context(), out.Position); err != nil {
		t.Fatal(err)
	}
	if err := other.View(t.Context(), id, func(l loaded) {
		if l.State.MessageCount != 1 {
			t.Error("missed what was written between the runs")
		}
	}); err != nil {
		t.Fatal(err)
	}
}

func TestFollower_waits_for_a_position_and_not_for_ever(t *testing.T) {
	t.Parallel()
	i := newInstance(t, openLog(t, t.TempDir()))
	out := i.must(t, i.started(t), request(), post("hello"))
	if err := i.deps.Follower.Wait(t.Context(), out.Position); err != nil || i.deps.Follower.Head() < out.Position {
		t.Fatalf("head is %d behind %d (%v)", i.deps.Follower.Head(), out.Position, err)
	}
	impatient, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	wantCode(t, i.deps.Follower.Wait(impatient, out.Position+1), domain.CodeUnavailable)
}

func TestFollower_lets_others_hear_every_event_in_order_until_cancelled(t *testing.T) {
	t.Parallel()
	i := newInstance(t, openLog(t, t.TempDir()))
	var mu sync.Mutex
	var heard []eventlog.Position
	cancel := i.deps.Follower.OnBatch(func(b eventlog.Batch) {
		mu.Lock()
		defer mu.Unlock()
		for _, e := range b.Events {
			heard = append(heard, e.Position)
		}
	})
	id := i.started(t)
	for range 20 {
		i.must(t, id, request(), post("hello"))
	}
	eventually(t, "all events are heard", func() bool { mu.Lock(); defer mu.Unlock(); return len(heard) == 22 })
	cancel()
	last := i.must(t, id, request(), post("unheard"))
	if err := i.deps.Follower.Wait(t.Context(), last.Position); err != nil {
		t.Fatal(err)
	}
	mu.Lock()
	defer mu.Unlock()
	for n := 1; n < len(heard); n++ {
		if heard[n] <= heard[n-1] {
			t.Fatalf("heard out of order: %v", heard)
		}
	}
	if len(heard) != 22 {
		t.Fatalf("heard %d events", len(heard))
	}
}
