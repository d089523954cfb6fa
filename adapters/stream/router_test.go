package stream_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"parley/adapters/stream"
	"parley/domain"
	"parley/domain/eventlog"
	"parley/domain/sqldb"
)

func TestRouter_feeds_every_consumer_in_order(t *testing.T) {
	t.Parallel()
	log := openLog(t)
	want := appendEvents(t, log, 700)
	one, two := &recorder{name: "one"}, &recorder{name: "two"}
	var outcomes atomic.Int64
	stop := start(t, stream.Config{
		Log: log, Lead: new(alone).lead, Consumers: []stream.Consumer{one, two},
		Observe: func(o stream.Outcome) { outcomes.Add(int64(o.Events)) },
	})
	want = append(want, appendEvents(t, log, 50)...)
	for _, r := range []*recorder{one, two} {
		eventually(t, r.name+" has seen all", func() bool { n, _ := r.count(); return n == len(want) })
		if diff := cmp.Diff(want, r.seen); diff != "" {
			t.Errorf("%s saw another order (-log +seen):\n%s", r.name, diff)
		}
	}
	if err := stop(); err != nil {
		t.Fatal(err)
	}
	if got := outcomes.Load(); got != 2*int64(len(want)) {
		t.Errorf("want the fate of %d events observed, got %d", 2*len(want), got)
	}
}

func TestRouter_begins_a_new_term_after_a_failure(t *testing.T) {
	t.Parallel()
	failures := map[string]func() error{
		"an error": func() error { return errors.New("somebody else was first") },
		"a panic":  func() error { panic("a broken consumer") },
	}
	for name, fail := range failures {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			log := openLog(t)
			want := appendEvents(t, log, 5)
			var calls atomic.Int64
			r := &recorder{name: "fails once", apply: func(context.Context, eventlog.Batch) error {
				if calls.Add(1) == 1 {
					return fail()
				}
				return nil
			}}
			start(t, stream.Config{Log: log, Lead: new(alone).lead, Consumers: []stream.Consumer{r}})
			eventually(t, "the batch came again", func() bool { n, _ := r.count(); return n == len(want) })
			if _, terms := r.count(); terms != 2 || len(r.causes) != 1 || r.causes[0] == nil {
				t.Errorf("want a second term because of the failure, got %d terms, causes %v", terms, r.causes)
			}
		})
	}
}

func TestRouter_campaigns_again_when_the_lease_is_lost(t *testing.T) {
	t.Parallel()
	log := openLog(t)
	want := appendEvents(t, log, 3)
	frozen, interrupted := &alone{lost: make(chan struct{})}, make(chan struct{})
	var campaigns atomic.Int64
	lead := func(ctx context.Context, name string) (sqldb.Lease, error) {
		if campaigns.Add(1) == 1 {
			return frozen, nil
		}
		return new(alone).lead(ctx, name)
	}
	var calls atomic.Int64
	r := &recorder{name: "loses", apply: func(ctx context.Context, _ eventlog.Batch) error {
		if calls.Add(1) > 1 {
			return nil
		}
		close(frozen.lost)
		<-ctx.Done()
		close(interrupted)
		return ctx.Err()
	}}
	start(t, stream.Config{Log: log, Lead: lead, Consumers: []stream.Consumer{r}})
	<-interrupted
	eventually(t, "the batch came again", func() bool { n, _ := r.count(); return n == len(want) })
	if campaigns.Load() != 2 {
		t.Errorf("want a second campaign, got %d", campaigns.Load())
	}
}

func TestRouter_lets_the_batch_under_way_finish(t *testing.T) {
	t.Parallel()
	log := openLog(t)
	want := appendEvents(t, log, 3)
	begun, finish := make(chan struct{}), make(chan struct{})
	r := &recorder{name: "slow", apply: func(ctx context.Context, _ eventlog.Batch) error {
		close(begun)
		select {
		case <-finish:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}}
	stop := start(t, stream.Config{Log: log, Lead: new(alone).lead, Consumers: []stream.Consumer{r}})
	<-begun
	stopped := make(chan error, 1)
	go func() { stopped <- stop() }()
	select {
	case err := <-stopped:
		t.Fatalf("the router did not wait for the batch: %v", err)
	case <-time.After(100 * time.Millisecond):
	}
	close(finish)
	if err := <-stopped; err != nil {
		t.Fatal(err)
	}
	if n, _ := r.count(); n != len(want) {
		t.Errorf("want the batch under way applied, got %d of %d events", n, len(want))
	}
}

func TestRouter_cancels_a_batch_that_outlasts_the_drain_time(t *testing.T) {
	t.Parallel()
	log := openLog(t)
	appendEvents(t, log, 1)
	begun := make(chan struct{})
	r := &recorder{name: "stuck", apply: func(ctx context.Context, _ eventlog.Batch) error {
		close(begun)
		<-ctx.Done()
		return ctx.Err()
	}}
	stop := start(t, stream.Config{
		Log: log, Lead: new(alone).lead, Consumers: []stream.Consumer{r}, Drain: 20 * time.Millisecond,
	})
	<-begun
	if err := stop(); err != nil {
		t.Fatal(err)
	}
}

func TestRouter_waits_for_a_newer_instance_at_an_unknown_type(t *testing.T) {
	t.Parallel()
	log := openLog(t)
	appendEvents(t, log, 1)
	refused := make(chan struct{}, 10)
	r := &recorder{name: "old", apply: func(context.Context, eventlog.Batch) error {
		refused <- struct{}{}
		return domain.ErrUnknownType
	}}
	stop := start(t, stream.Config{Log: log, Lead: new(alone).lead, Consumers: []stream.Consumer{r}})
	<-refused
	eventually(t, "the term is over", func() bool { r.mu.Lock(); defer r.mu.Unlock(); return len(r.causes) == 1 })
	select {
	case <-refused:
		t.Error("want a long pause, so that a newer instance may lead")
	case <-time.After(300 * time.Millisecond):
	}
	if err := stop(); err != nil {
		t.Fatal(err)
	}
}

func TestNewRouter_refuses_what_cannot_be_run(t *testing.T) {
	t.Parallel()
	for name, consumers := range map[string][]stream.Consumer{
		"no consumer":           nil,
		"a name standing twice": {&recorder{name: "same"}, &recorder{name: "same"}},
	} {
		if _, err := stream.NewRouter(stream.Config{Lead: new(alone).lead, Consumers: consumers}); err == nil {
			t.Errorf("want an error for %s", name)
		}
	}
}
