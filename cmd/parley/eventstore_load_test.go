package main_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"parley/adapters/adaptertest/chaostest"
	"parley/domain/eventlog"
)

const (
	callLimit  = 2 * time.Second // the context of every call
	recovery   = time.Minute     // until everyone goes on after an outage
	loadPrefix = "parley_load-"
)

// callGrace is by how much a call may outlive its context: in the long form, which
// has the machine to itself, hardly.
func callGrace() time.Duration {
	if chaostest.Long() {
		return time.Second
	}
	return 20 * time.Second
}

// load is appenders and followers at work on one log.
type load struct {
	*testing.T
	log       eventlog.Log
	appending context.CancelFunc
	following context.CancelFunc
	appends   sync.WaitGroup
	follows   sync.WaitGroup
	appenders []*appender
	followers []*tracker
	slowest   time.Duration // until all went on after a fault
}

// appender writes events one by one to a stream of its own and notes what was
// acknowledged.
type appender struct {
	stream string
	mu     sync.Mutex
	acked  []uuid.UUID
}

// tracker notes what one subscription handed out.
type tracker struct {
	sub  eventlog.Subscription
	mu   sync.Mutex
	seen []eventlog.Position
}

// startLoad sets appenders and followers to work until the load is finished or
// stopped.
func startLoad(t *testing.T, log eventlog.Log, appenders, followers int) *load {
	t.Helper()
	l := &load{T: t, log: log}
	var appending, following context.Context
	appending, l.appending = context.WithCancel(t.Context())
	following, l.following = context.WithCancel(t.Context())
	for i := range appenders {
		a := &appender{stream: loadPrefix + fmt.Sprint(i)}
		l.appenders = append(l.appenders, a)
		l.appends.Go(func() { l.appendOn(appending, a) })
	}
	for range followers {
		sub, err := log.Follow(t.Context(), eventlog.Start, loadPrefix)
		if err != nil {
			t.Fatalf("follow: %v", err)
		}
		f := &tracker{sub: sub}
		l.followers = append(l.followers, f)
		l.follows.Go(func() { l.followOn(following, f) })
	}
	t.Cleanup(l.stop)
	return l
}

// appendOn appends until it may stop, sending each event until it is acknowledged.
func (l *load) appendOn(ctx context.Context, a *appender) {
	for revision := eventlog.NoStream; ctx.Err() == nil; revision++ {
		event := eventlog.NewEvent{ID: uuid.New(), Type: "load.appended.v1", Data: []byte(`{}`)}
		for !l.appendOnce(a.stream, revision, event) {
			if ctx.Err() != nil {
				return
			}
		}
		a.mu.Lock()
		a.acked = append(a.acked, event.ID)
		a.mu.Unlock()
	}
}

// appendOnce reports whether the event was acknowledged within the limit.
func (l *load) appendOnce(stream string, expected eventlog.Revision, event eventlog.NewEvent) bool {
	ctx, cancel := context.WithTimeout(context.Background(), callLimit)
	defer cancel()
	defer l.wantInTime("append", time.Now())
	_, err := l.log.Append(ctx, stream, expected, []eventlog.NewEvent{event})
	if err != nil && !errors.Is(err, eventlog.ErrUnavailable) && !errors.Is(err, eventlog.ErrClosed) {
		l.Errorf("append to %s at %d: %v", stream, expected, err)
	}
	return err == nil
}

// followOn reads until it may stop.
func (l *load) followOn(ctx context.Context, f *tracker) {
	for ctx.Err() == nil {
		bounded, cancel := context.WithTimeout(ctx, callLimit)
		start := time.Now()
		batch, err := f.sub.Next(bounded)
		l.wantInTime("next", start)
		cancel()
		if err != nil && !errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil {
			l.Errorf("next: %v", err)
			return
		}
		f.mu.Lock()
		for _, e := range batch.Events {
			f.seen = append(f.seen, e.Position)
		}
		f.mu.Unlock()
	}
}

func (l *load) wantInTime(what string, start time.Time) {
	if took := time.Since(start); took > callLimit+callGrace() {
		l.Errorf("%s took %v, its context %v", what, took, callLimit)
	}
}

// awaitProgress waits until every appender and every follower has gone on.
func (l *load) awaitProgress(when string) {
	l.Helper()
	before, began := l.counts(), time.Now()
	l.await(when, func() bool {
		for i, n := range l.counts() {
			if n <= before[i] {
				return false
			}
		}
		return true
	})
	l.slowest = max(l.slowest, time.Since(began))
}

// report enters what was seen of a fault.
func (l *load) report(fault string) {
	l.Helper()
	acked := 0
	for _, n := range l.counts()[:len(l.appenders)] {
		acked += n
	}
	chaostest.Report(l.T, "R5", "event store client: "+fault, fmt.Sprintf(
		"%d appends by %d, %d subscribers: 0 lost, 0 doubled, no call beyond its context; all went on within %v",
		acked, len(l.appenders), len(l.followers), l.slowest.Round(time.Millisecond)))
}

// counts is how many events each appender and each follower has had.
func (l *load) counts() []int {
	var counts []int
	for _, a := range l.appenders {
		a.mu.Lock()
		counts = append(counts, len(a.acked))
		a.mu.Unlock()
	}
	for _, f := range l.followers {
		f.mu.Lock()
		counts = append(counts, len(f.seen))
		f.mu.Unlock()
	}
	return counts
}

// await polls until a condition holds, and fails the test when it does not.
func (l *load) await(what string, holds func() bool) {
	l.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	start := time.Now()
	for !holds() {
		if time.Since(start) > recovery {
			l.Fatalf("%s: no progress in %v: %v", what, recovery, l.counts())
		}
		<-tick.C
	}
	l.Logf("%s: all went on within %v", what, time.Since(start).Round(time.Millisecond))
}

// stop ends appenders and followers where they are.
func (l *load) stop() {
	l.appending()
	l.appends.Wait()
	l.following()
	l.follows.Wait()
	for _, f := range l.followers {
		f.sub.Close()
	}
}

// finish ends the appenders and demands that the log holds what was
// acknowledged, once and in order, and that every follower has seen the log.
func (l *load) finish(truth eventlog.Log) {
	l.Helper()
	l.appending()
	l.appends.Wait()
	var log []eventlog.Position
	streams := map[string][]uuid.UUID{}
	for e, err := range truth.ReadAll(l.Context(), eventlog.Start, loadPrefix, 0) {
		if err != nil {
			l.Fatalf("read log: %v", err)
		}
		log = append(log, e.Position)
		streams[e.Stream] = append(streams[e.Stream], e.ID)
	}
	for _, a := range l.appenders {
		l.wantAcknowledged(a, streams[a.stream])
	}
	for _, f := range l.followers {
		l.await("followers reach the tail", func() bool {
			f.mu.Lock()
			defer f.mu.Unlock()
			return len(f.seen) >= len(log)
		})
		if diff := cmp.Diff(log, f.seen); diff != "" {
			l.Errorf("follower differs from the log (-log +seen):\n%s", diff)
		}
	}
	l.stop()
}

// wantAcknowledged demands that a stream is what was acknowledged; its last event
// may be one whose answer did not come before the end.
func (l *load) wantAcknowledged(a *appender, stored []uuid.UUID) {
	l.Helper()
	if extra := len(stored) - len(a.acked); extra == 1 {
		stored = stored[:len(a.acked)]
	}
	if diff := cmp.Diff(a.acked, stored); diff != "" {
		l.Errorf("%s differs from what was acknowledged (-acknowledged +stored):\n%s", a.stream, diff)
	}
}
