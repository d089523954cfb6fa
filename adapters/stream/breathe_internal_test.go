package stream

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"parley/domain/eventlog"
)

func TestBreathe_rests_by_what_a_batch_took_and_held(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		events     int
		took, want time.Duration
	}{
		"one event":              {1, 100 * time.Microsecond, 800 * time.Microsecond},
		"more events":            {3, time.Millisecond, 8 * time.Millisecond},
		"one event, slowly":      {1, time.Second, restPerEvent},
		"as much as a batch has": {500, time.Second, longestRest},
		"no events":              {0, time.Second, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				began := time.Now()
				(&feed{consumer: idle{}}).breathe(t.Context(), newMailbox(), c.events, c.took)
				if got := time.Since(began); got != c.want {
					t.Errorf("rested %s, want %s", got, c.want)
				}
			})
		})
	}
}

func TestBreathe_ends_when_a_full_message_waits(t *testing.T) {
	t.Parallel()
	full := eventlog.Batch{Events: make([]eventlog.Recorded, maxEvents)}
	synctest.Test(t, func(t *testing.T) {
		box, began := newMailbox(), time.Now()
		time.AfterFunc(time.Millisecond, func() { box.put(full); box.put(full) })
		(&feed{consumer: idle{}}).breathe(t.Context(), box, 1, time.Second)
		if got := time.Since(began); got != time.Millisecond {
			t.Errorf("rested %s, want until the message was full", got)
		}
		(&feed{consumer: idle{}}).breathe(t.Context(), box, 1, time.Second)
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
		(&feed{consumer: awaitedOne{awaited: awaited}}).breathe(t.Context(), newMailbox(), 1, time.Second)
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
		(&feed{consumer: idle{}}).breathe(ctx, newMailbox(), 1, time.Second)
		if got := time.Since(began); got != time.Millisecond {
			t.Errorf("rested %s, want until the term ended", got)
		}
	})
}
