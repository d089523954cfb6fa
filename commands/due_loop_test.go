package commands_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"parley/commands"
)

// turn runs a loop until the test ends, or end ends it.
func turn(t *testing.T, l commands.DueLoop, wake <-chan struct{}) (end func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		l.Run(ctx, wake)
	}()
	end = func() { cancel(); <-ended }
	t.Cleanup(end)
	return end
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

func TestDueLoop_goes_on_after_steps_that_failed_and_says_so_once(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer // written by the loop, and read when it has ended
	var steps atomic.Int32
	end := turn(t, commands.DueLoop{
		What: "tests", Logger: slog.New(slog.NewTextHandler(&log, nil)), Idle: time.Millisecond,
		Step: func(context.Context) (time.Duration, error) {
			return time.Hour, []error{errors.New("first"), errors.New("first"), nil, errors.New("first"), errors.New("second")}[min(4, steps.Add(1)-1)]
		},
	}, nil)
	eventually(t, "a step behind the last", func() bool { return steps.Load() > 5 })
	end()
	if got := strings.Count(log.String(), "tests are delayed"); got != 3 {
		t.Errorf("failures were logged %d times, want one for each in a row:\n%s", got, log.String())
	}
}
