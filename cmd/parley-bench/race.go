package main

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// clientCounts are how many clients a race is run with.
var clientCounts = []int{1, 16, 64}

// step does one operation and returns when it is acknowledged.
type step func(ctx context.Context) error

// contender is one way of doing an operation again and again.
type contender struct {
	name string
	// open returns the operation as one client does it; clients are numbered.
	open func(client int) (step, error)
	// beside runs while the operations do, until its context ends; it may be nil.
	beside func(ctx context.Context)
	// rest waits until what the last run left behind is done; it may be nil.
	rest func(ctx context.Context) error
}

// lap is one contender's run in a round.
type lap struct {
	rate     float64 // operations per second
	p50, p99 time.Duration
}

// race runs the contenders in turn, round after round, with some clients, and
// returns the laps of each, by name.
func (l *lab) race(ctx context.Context, clients int, contenders ...contender) (map[string][]lap, error) {
	laps := map[string][]lap{}
	for round := range l.run.Rounds {
		for i := range contenders {
			// Each round begins with another one.
			c := contenders[(i+round)%len(contenders)]
			lap, err := drive(ctx, c, clients, l.run.For)
			if err != nil {
				return nil, fmt.Errorf("drive %s with %d clients: %w", c.name, clients, err)
			}
			laps[c.name] = append(laps[c.name], lap)
		}
	}
	return laps, nil
}

// drive lets clients repeat the operation for a while. A fifth more, before that,
// is not counted.
func drive(ctx context.Context, c contender, clients int, d time.Duration) (lap, error) {
	steps := make([]step, clients)
	for i := range steps {
		s, err := c.open(i)
		if err != nil {
			return lap{}, err
		}
		steps[i] = s
	}
	stop := alongside(ctx, c.beside)
	took, elapsed, err := together(ctx, steps, d)
	stop()
	if err != nil {
		return lap{}, err
	}
	if c.rest != nil {
		if err := c.rest(ctx); err != nil {
			return lap{}, err
		}
	}
	slices.Sort(took)
	return lap{rate: float64(len(took)) / elapsed.Seconds(), p50: quantile(took, .5), p99: quantile(took, .99)}, nil
}

// alongside starts do, if there is any, and returns how to end it.
func alongside(ctx context.Context, do func(context.Context)) (stop func()) {
	if do == nil {
		return func() {}
	}
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		do(ctx)
	}()
	return func() {
		cancel()
		<-done
	}
}

// together runs all clients until the time is over, or one fails, and returns
// how long each counted operation took and the counted time.
func together(ctx context.Context, steps []step, d time.Duration) (all []time.Duration, elapsed time.Duration, err error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var over atomic.Bool
	counted := time.Now().Add(d / 5)
	defer time.AfterFunc(d/5+d, func() { over.Store(true) }).Stop()
	took := make([][]time.Duration, len(steps))
	var group sync.WaitGroup
	for i, do := range steps {
		group.Go(func() {
			for !over.Load() && ctx.Err() == nil {
				began := time.Now()
				if err := do(ctx); err != nil {
					cancel(err)
					return
				}
				if began.After(counted) {
					took[i] = append(took[i], time.Since(began))
				}
			}
		})
	}
	group.Wait()
	return slices.Concat(took...), time.Since(counted), context.Cause(ctx)
}

// quantile returns a quantile of sorted durations; zero of none.
func quantile(sorted []time.Duration, q float64) time.Duration {
	if len(sorted) == 0 {
		return 0
	}
	return sorted[min(len(sorted)-1, int(q*float64(len(sorted))))]
}
