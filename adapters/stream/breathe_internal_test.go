package stream

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"parley/domain/eventlog"
)

func TestBreathe_rests_by_what_a_batch_held_and_longer_under_load(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := &feed{consumer: idle{}}
		for _, step := range []struct{ events, milliseconds int }{
			{0, 0},
			{1, 5},
			{1, 5},
			{3, 15},
			{3, 15},
			{1, 5},
			{500, 15},
			{500, 35},
			{500, 75},
			{500, 155},
			{500, 250},
			{4000, 250},
			{1, 5},
			{500, 15},
		} {
			began := time.Now()
			f.breathe(t.Context(), newMailbox(), step.events)
			if got := time.Since(began).Milliseconds(); got != int64(step.milliseconds) {
				t.Errorf("rested %d ms behind %d events, want %d", got, step.events, step.milliseconds)
			}
		}
	})
}

func TestBreathe_ends_when_a_full_message_waits(t *testing.T) {
	t.Parallel()
	full := eventlog.Batch{Events: make([]eventlog.Recorded, maxEvents)}
	synctest.Test(t, func(t *testing.T) {
		box, began := newMailbox(), time.Now()
		time.AfterFunc(time.Millisecond, func() { box.put(full); box.put(full) })
		(&feed{consumer: idle{}}).breathe(t.Context(), box, 1)
		if got := time.Since(began); got != time.Millisecond {
			t.Errorf("rested %s, want until the message was full", got)
		}
		(&feed{consumer: idle{}}).breathe(t.Context(), box, 1)
		if got := time.Since(began); got != time.Millisecond {
			t.Errorf("rested %s with a full message waiting", got)
		}
	})
}

func TestBreathe_ends_when_somebody_waits(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		awaited, began := make(chan struct{}, 1), time.Now()
		time.AfterFunc(time.Millisecond, func() { awaited <- struct{}{} })
		(&feed{consumer: awaitedOne{awaited: awaited}}).breathe(t.Context(), newMailbox(), 1)
		if got := time.Since(began); got != time.Millisecond {
			t.Errorf("rested %s, want until somebody waited", got)
		}
	})
}

// awaitedOne is a consumer that somebody may wait for.
type awaitedOne struct {
	idle
	awaited chan struct{}
}

func (a awaitedOne) Awaited() <-chan struct{} { return a.awaited }

func TestBreathe_ends_with_its_term(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		began := time.Now()
		time.AfterFunc(time.Millisecond, cancel)
		(&feed{consumer: idle{}}).breathe(ctx, newMailbox(), 1)
		if got := time.Since(began); got != time.Millisecond {
			t.Errorf("rested %s, want until the term ended", got)
		}
	})
}
