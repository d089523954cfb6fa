package eventstore

import (
	"context"
	"errors"
	"io"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"parley/domain/eventlog"
)

// Whatever is put, the reader gets once, in order and within the limits.
func TestQueue_hands_out_what_was_put(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		sizes := rapid.SliceOfN(rapid.SampledFrom([]int{0, 10, 1 << 10, 300 << 10, 1 << 20, 3 << 20}), 1, 60).Draw(t, "sizes")
		q := newQueue(eventlog.Start)
		go func() {
			for i, n := range sizes {
				_ = q.put(context.Background(), eventlog.Recorded{Position: eventlog.Position(i + 1), Data: make([]byte, n)})
			}
			q.end(io.EOF)
		}()
		last := eventlog.Start
		for {
			batch, err := q.next(context.Background())
			if errors.Is(err, io.EOF) {
				break
			}
			bytes := 0
			for _, e := range batch.Events {
				if e.Position != last+1 {
					t.Fatalf("got %d after %d", e.Position, last)
				}
				last, bytes = e.Position, bytes+len(e.Data)
			}
			if len(batch.Events) > 1 && bytes > eventlog.MaxBatchBytes || batch.Position < last {
				t.Fatalf("batch of %d events has %d bytes, position %d", len(batch.Events), bytes, batch.Position)
			}
		}
		if int(last) != len(sizes) {
			t.Fatalf("got %d of %d events", last, len(sizes))
		}
	})
}

func TestQueue(t *testing.T) {
	t.Parallel()
	live := context.Background()
	ended, cancel := context.WithCancel(live)
	cancel()
	t.Run("a pump whose context has ended changes nothing", func(t *testing.T) {
		q := newQueue(5)
		if err := q.put(ended, eventlog.Recorded{Position: 6}); !errors.Is(err, context.Canceled) {
			t.Errorf("put: got %v, want canceled", err)
		}
		q.pass(ended, 9)
		q.setLive(ended, true)
		if batch, ok, _ := q.take(); ok || q.reached() != 5 {
			t.Errorf("got %+v, position %d", batch, q.reached())
		}
	})
	t.Run("a checkpoint moves the position forwards only", func(t *testing.T) {
		q := newQueue(5)
		q.pass(live, 9)
		q.pass(live, 7)
		if batch, err := q.next(live); err != nil || batch.Position != 9 || len(batch.Events) != 0 {
			t.Errorf("got %+v, %v; want position 9", batch, err)
		}
	})
	t.Run("a batch is live only when nothing is left behind it", func(t *testing.T) {
		q := newQueue(eventlog.Start)
		for i := range eventlog.MaxBatchEvents + 1 {
			if err := q.put(live, eventlog.Recorded{Position: eventlog.Position(i + 1)}); err != nil {
				t.Fatal(err)
			}
		}
		q.setLive(live, true)
		first, _ := q.next(live)
		second, _ := q.next(live)
		if first.Live || first.Position != eventlog.MaxBatchEvents || !second.Live {
			t.Errorf("first is live %v at %d, second is live %v", first.Live, first.Position, second.Live)
		}
	})
	t.Run("events come before the end", func(t *testing.T) {
		q := newQueue(eventlog.Start)
		_ = q.put(live, eventlog.Recorded{Position: 1})
		q.end(io.EOF)
		if batch, err := q.next(live); err != nil || len(batch.Events) != 1 {
			t.Errorf("got %d events, %v", len(batch.Events), err)
		}
		if _, err := q.next(live); !errors.Is(err, io.EOF) {
			t.Errorf("got %v, want the end", err)
		}
	})
}

func TestQueue_a_full_queue_holds_the_pump_until_there_is_room(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		q := newQueue(eventlog.Start)
		var put int
		go func() {
			for i := range queueEvents + 10 {
				_ = q.put(t.Context(), eventlog.Recorded{Position: eventlog.Position(i + 1)})
				put++
			}
		}()
		synctest.Wait()
		if put != queueEvents {
			t.Fatalf("%d events fit, want %d", put, queueEvents)
		}
		if _, err := q.next(t.Context()); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if put != queueEvents+10 {
			t.Errorf("%d events were put once there was room, want %d", put, queueEvents+10)
		}
	})
}

func TestPause_grows_to_a_second_and_ends_with_its_context(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		for _, failures := range []int{0, 1, 5, 50, 1 << 30} {
			start := time.Now()
			if !pause(t.Context(), failures) {
				t.Error("pause was cut short")
			}
			if took := time.Since(start); took > maxPause || failures > 9 && took < maxPause/2 {
				t.Errorf("pause after %d failures took %v", failures, took)
			}
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if pause(ctx, 50) {
			t.Error("pause outlived its context")
		}
	})
}
