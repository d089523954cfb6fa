package stream

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"parley/domain/eventlog"
)

func TestBreathe_rests_by_what_a_batch_held(t *testing.T) {
	t.Parallel()
	for events, want := range map[int]time.Duration{0: 0, 1: restPerEvent, 3: 3 * restPerEvent, 500: longestRest} {
		synctest.Test(t, func(t *testing.T) {
			began := time.Now()
			(&feed{consumer: idle{}}).breathe(t.Context(), newMailbox(), events)
			if got := time.Since(began); got != want {
				t.Errorf("rested %s behind %d events, want %s", got, events, want)
			}
		})
	}
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
