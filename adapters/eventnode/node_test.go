package eventnode_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/google/uuid"

	"parley/adapters/eventnode"
	"parley/domain/eventlog"
)

func TestOpen_refuses_a_log_in_use(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	openNode(t, eventnode.Config{Dir: dir})
	if second, err := eventnode.Open(eventnode.Config{Dir: dir}); err == nil {
		second.Close()
		t.Error("the log was opened twice")
	}
}

func TestOpen_goes_on_where_the_log_ended(t *testing.T) {
	t.Parallel()
	dir := seeded(t, 20)
	node := openNode(t, eventnode.Config{Dir: dir})
	if tail, err := node.End(t.Context()); err != nil || tail != 157 {
		t.Fatalf("the tail is %d, %v, want 157", tail, err)
	}
	got := mustAppend(t, node, "parley_seeded-b", 9, newEvents(2)...)
	if want := (eventlog.Appended{Revision: 11, Position: 163}); got != want {
		t.Errorf("appended at %+v, want %+v", got, want)
	}
	if stored := wantWhole(t, node); len(stored) != 22 {
		t.Errorf("%d events are there, want 22", len(stored))
	}
}

func TestAppend_is_recognised_when_repeated_after_a_restart(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	events := newEvents(3)
	node := openNode(t, eventnode.Config{Dir: dir})
	first := mustAppend(t, node, "parley_a", eventlog.NoStream, events...)
	mustAppend(t, node, "parley_a", 2, newEvents(5)...)
	if err := node.Close(); err != nil {
		t.Fatal(err)
	}
	node = openNode(t, eventnode.Config{Dir: dir})
	if again := mustAppend(t, node, "parley_a", eventlog.NoStream, events...); again != first {
		t.Errorf("the repetition gave %+v, want %+v", again, first)
	}
	if stored := wantWhole(t, node); len(stored) != 8 {
		t.Errorf("%d events are there, want 8", len(stored))
	}
}

// Many callers race on one stream at the same revisions, so that one group
// commit holds winners, losers and repetitions of winners.
func TestAppend_decides_each_of_a_group_by_those_before_it(t *testing.T) {
	t.Parallel()
	node := openNode(t, eventnode.Config{Dir: t.TempDir()})
	const callers, rounds = 32, 20
	for round := range rounds {
		var won sync.Map
		var group sync.WaitGroup
		for range callers / 2 {
			event := newEvents(1)
			for range 2 { // each event is sent twice
				group.Go(func() {
					at, err := node.Append(t.Context(), "parley_race", eventlog.Revision(round-1), event)
					if _, lost := errors.AsType[*eventlog.ConflictError](err); err != nil && !lost {
						t.Error(err)
					}
					if err == nil {
						won.Store(event[0].ID, at)
					}
				})
			}
		}
		group.Wait()
		winners := 0
		won.Range(func(_, at any) bool {
			if want := eventlog.Revision(round); at.(eventlog.Appended).Revision != want {
				t.Errorf("the winner is at %+v, want revision %d", at, want)
			}
			winners++
			return true
		})
		if winners != 1 {
			t.Fatalf("round %d has %d winners, want 1", round, winners)
		}
	}
	if stored := wantWhole(t, node); len(stored) != rounds {
		t.Errorf("%d events are there, want %d", len(stored), rounds)
	}
}

func TestAppend_whose_context_ended_is_whole_or_absent(t *testing.T) {
	t.Parallel()
	node := openNode(t, eventnode.Config{Dir: t.TempDir()})
	var group sync.WaitGroup
	for i := range 200 {
		ctx, cancel := context.WithCancel(t.Context())
		group.Go(func() {
			_, err := node.Append(ctx, fmt.Sprintf("parley_%d", i), eventlog.NoStream, newEvents(3))
			if err != nil && !errors.Is(err, context.Canceled) {
				t.Error(err)
			}
		})
		group.Go(cancel)
	}
	group.Wait()
	if stored := wantWhole(t, node); len(stored)%3 != 0 {
		t.Errorf("%d events are there: an append of 3 was cut", len(stored))
	}
}

func TestClose_finishes_what_is_queued(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	node := openNode(t, eventnode.Config{Dir: dir})
	var acknowledged sync.Map
	var group sync.WaitGroup
	started := make(chan struct{}, 64)
	for w := range 64 {
		group.Go(func() {
			for i := 0; ; i++ {
				event := newEvents(1)
				_, err := node.Append(context.Background(), fmt.Sprintf("parley_%d", w), eventlog.Revision(i-1), event)
				if errors.Is(err, eventlog.ErrClosed) {
					return
				}
				if err != nil {
					t.Error(err)
					return
				}
				acknowledged.Store(event[0].ID, true)
				if i == 3 {
					started <- struct{}{}
				}
			}
		})
	}
	<-started
	if err := node.Close(); err != nil {
		t.Fatal(err)
	}
	group.Wait()
	stored := wantWhole(t, openNode(t, eventnode.Config{Dir: dir}))
	acknowledged.Range(func(id, _ any) bool {
		if stored[id.(uuid.UUID)] != 1 {
			t.Errorf("acknowledged event %s is there %d times", id, stored[id.(uuid.UUID)])
		}
		return true
	})
}
