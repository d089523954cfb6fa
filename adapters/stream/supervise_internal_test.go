package stream

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"parley/domain/eventlog"
	"parley/domain/sqldb"
)

// idle is a consumer that never gets to lead.
type idle struct{}

func (idle) Awaited() <-chan struct{}                         { return nil }
func (idle) Name() string                                     { return "idle" }
func (idle) Begin(context.Context) (eventlog.Position, error) { return 0, nil }
func (idle) Apply(context.Context, eventlog.Batch) error      { return nil }
func (idle) End(error)                                        {}

func TestRouter_fails_when_a_handler_stops_unasked(t *testing.T) {
	t.Parallel()
	router, err := NewRouter(Config{
		Consumers: []Consumer{idle{}},
		Lead: func(ctx context.Context, _ string) (sqldb.Lease, error) {
			<-ctx.Done()
			return nil, ctx.Err()
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- router.Run(t.Context()) }()
	<-router.Running()
	router.handlers["idle"].Stop()
	if err := <-ended; err == nil || !strings.Contains(err.Error(), "stopped by itself") {
		t.Errorf("want an error that names the consumer, got %v", err)
	}
}

func TestMailbox_merges_what_arrives_and_hands_out_no_more_than_asked(t *testing.T) {
	t.Parallel()
	box := newMailbox()
	next := eventlog.Position(0)
	batch := func(n, bytes int) eventlog.Batch {
		var b eventlog.Batch
		for range n {
			next++
			b.Events = append(b.Events, eventlog.Recorded{Position: next, Data: make([]byte, bytes)})
		}
		b.Position = next
		return b
	}
	if !box.put(batch(maxEvents-200, 10)) || !box.put(batch(200, 10)) {
		t.Fatal("want two batches that fill a message to fit")
	}
	if box.put(batch(1, 10)) {
		t.Fatal("want no event more")
	}
	for _, want := range []struct {
		events   int
		position eventlog.Position
	}{{maxEvents - 100, maxEvents - 100}, {100, maxEvents}} {
		got, err := box.take(t.Context(), maxEvents-100)
		if err != nil || len(got.Events) != want.events || got.Position != want.position {
			t.Errorf("want %v, got %d events to %d, %v", want, len(got.Events), got.Position, err)
		}
	}
	if !box.put(batch(1, maxBytes)) || box.put(batch(1, 1)) {
		t.Error("want full four megabytes to stay alone")
	}
}

func TestMailbox_keeps_what_was_live(t *testing.T) {
	t.Parallel()
	box := newMailbox()
	events := func(first, n eventlog.Position) (b eventlog.Batch) {
		for i := range n {
			b.Events = append(b.Events, eventlog.Recorded{Position: first + i})
		}
		b.Position = first + n - 1
		return b
	}
	live := events(1, 3)
	live.Live = true
	box.put(live)
	box.put(events(4, 2))
	for _, want := range []bool{false, true} { // only the rest reaches where it was live
		got, err := box.take(t.Context(), 4)
		if err != nil || got.Live != want {
			t.Errorf("%d events are live %t, want %t; %v", len(got.Events), got.Live, want, err)
		}
	}
	box.put(eventlog.Batch{Position: 9, Live: true})
	if got, err := box.take(t.Context(), 4); err != nil || !got.Live || got.Position != 9 {
		t.Errorf("want a live batch without events, got %+v, %v", got, err)
	}
}

// steady is a subscription that always has one more event, and has brought all.
type steady struct{ brought int }

func (s *steady) Next(context.Context) (eventlog.Batch, error) {
	s.brought++
	at := eventlog.Position(s.brought)
	return eventlog.Batch{Events: []eventlog.Recorded{{Position: at}}, Position: at, Live: true}, nil
}

func (*steady) Close() {}

func TestMailbox_reads_no_oftener_than_it_must_while_it_holds_something(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		box, from := newMailbox(), &steady{}
		go box.read(ctx, from)
		time.Sleep(10*gatherTime + time.Microsecond)
		synctest.Wait()
		if from.brought != 11 {
			t.Errorf("read %d times in ten pauses", from.brought)
		}
		began := time.Now()
		for range 3 {
			if _, err := box.take(ctx, maxEvents); err != nil {
				t.Fatal(err)
			}
		}
		if time.Since(began) > 0 {
			t.Error("who takes had to wait for what was there")
		}
		cancel()
		synctest.Wait()
	})
}
