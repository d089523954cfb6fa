package commands_test

import (
	"context"
	"errors"
	"log/slog"
	"sync/atomic"
	"testing"
	"time"

	"parley/commands"
)

// turn runs a loop until the test ends.
func turn(t *testing.T, l commands.DueLoop, wake <-chan struct{}) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		l.Run(ctx, wake)
	}()
	t.Cleanup(func() { cancel(); <-ended })
}

func TestDueLoop_takes_a_step_when_its_wait_is_over_or_it_is_woken(t *testing.T) {
	t.Parallel()
	waits := []time.Duration{0, time.Millisecond, time.Hour, time.Hour}
	steps, wake := make(chan int, len(waits)), make(chan struct{}, 1)
	n := 0
	turn(t, commands.DueLoop{Idle: time.Hour, Step: func(context.Context) (time.Duration, error) {
		steps <- n
		n++
		return waits[n-1], nil
	}}, wake)
	for range 3 {
		<-steps
	}
	wake <- struct{}{}
	if last := <-steps; last != 3 {
		t.Errorf("being woken led to step %d, want the fourth", last)
	}
}

func TestDueLoop_looks_again_by_itself_when_nothing_is_known_to_fall_due(t *testing.T) {
	t.Parallel()
	var steps atomic.Int32
	turn(t, commands.DueLoop{Idle: time.Millisecond, Step: func(context.Context) (time.Duration, error) {
		steps.Add(1)
		return time.Hour, nil
	}}, nil)
	eventually(t, "three steps", func() bool { return steps.Load() >= 3 })
}

func TestDueLoop_goes_on_after_a_step_that_failed(t *testing.T) {
	t.Parallel()
	var steps atomic.Int32
	turn(t, commands.DueLoop{What: "tests", Logger: slog.New(slog.DiscardHandler), Idle: time.Millisecond, Step: func(context.Context) (time.Duration, error) {
		steps.Add(1)
		return time.Hour, errors.New("no luck")
	}}, nil)
	eventually(t, "another step", func() bool { return steps.Load() >= 2 })
}
