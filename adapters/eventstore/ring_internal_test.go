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

// ringModel is a small ring, what was put into it, and readers at their own pace.
type ringModel struct {
	ring    *ring
	put     []eventlog.Recorded
	head    eventlog.Position
	live    bool
	readers [3]struct {
		at   eventlog.Position
		live bool
	}
}

// Whatever is put and however slow a reader is, it gets each event once and in
// order, or is told that it missed some.
func TestRing_gives_each_reader_everything_or_tells_it_that_it_missed_something(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		m := &ringModel{ring: newRing(100, 6, 3<<20), head: 100}
		for i := range m.readers {
			m.readers[i].at = 100
		}
		t.Repeat(map[string]func(*rapid.T){
			"put": func(t *rapid.T) {
				m.head += eventlog.Position(rapid.IntRange(1, 3).Draw(t, "step"))
				e := eventlog.Recorded{Position: m.head, Data: make([]byte, rapid.SampledFrom([]int{0, 1 << 19, 1 << 20, 4 << 20}).Draw(t, "size"))}
				m.put = append(m.put, e)
				if err := m.ring.put(context.Background(), e); err != nil {
					t.Fatal(err)
				}
			},
			"pass": func(t *rapid.T) {
				p := m.head + eventlog.Position(rapid.IntRange(-2, 3).Draw(t, "by"))
				m.head = max(m.head, p)
				m.ring.pass(context.Background(), p)
			},
			"live": func(t *rapid.T) {
				m.live = rapid.Bool().Draw(t, "live")
				m.ring.setLive(context.Background(), m.live)
			},
			"read": func(t *rapid.T) { m.read(t, rapid.IntRange(0, len(m.readers)-1).Draw(t, "reader")) },
			"":     m.check,
		})
	})
}

// read lets a reader take what there is; one that is overrun starts anew at the head.
func (m *ringModel) read(t *rapid.T, i int) {
	reader := &m.readers[i]
	var missing []eventlog.Position
	for _, e := range m.put {
		if e.Position > reader.at {
			missing = append(missing, e.Position)
		}
	}
	batch, moved, err := m.ring.take(reader.at, reader.live)
	switch {
	case errors.Is(err, errOverrun):
		if len(missing) == 0 || m.ring.behind(0)[0].Position <= missing[0] {
			t.Fatalf("a reader at %d is told that it missed something", reader.at)
		}
		reader.at, reader.live = m.head, false
	case moved != nil:
		if len(missing) > 0 || m.head > reader.at || m.live && !reader.live {
			t.Fatalf("a reader at %d is to wait, the head is at %d", reader.at, m.head)
		}
	default:
		m.wantNext(t, missing, batch)
		reader.at, reader.live = batch.Position, batch.Live
	}
}

// wantNext demands that a batch is the next run of events, and live only at the head.
func (m *ringModel) wantNext(t *rapid.T, missing []eventlog.Position, batch eventlog.Batch) {
	bytes, want := 0, m.head
	for i, e := range batch.Events {
		bytes += len(e.Data)
		if e.Position != missing[i] {
			t.Fatalf("got the event at %d, want that at %d", e.Position, missing[i])
		}
	}
	if n := len(batch.Events); n < len(missing) {
		want = missing[n-1]
	}
	if len(batch.Events) > 1 && bytes > eventlog.MaxBatchBytes {
		t.Fatalf("a batch of %d events has %d bytes", len(batch.Events), bytes)
	}
	if batch.Position != want || batch.Live != (m.live && want == m.head) {
		t.Fatalf("batch is at %d, live %v; want %d, the head being %d and live %v", batch.Position, batch.Live, want, m.head, m.live)
	}
}

// check demands that the ring keeps to its limits and whom it takes in is safe.
func (m *ringModel) check(t *rapid.T) {
	bytes := 0
	for _, e := range m.ring.events {
		bytes += size(e)
	}
	if len(m.ring.events) > 6 || bytes > 3<<20 && len(m.ring.events) > 1 || bytes != m.ring.bytes {
		t.Fatalf("ring holds %d events, %d bytes, and thinks %d", len(m.ring.events), bytes, m.ring.bytes)
	}
	for _, r := range m.readers {
		_, _, err := m.ring.take(r.at, r.live)
		if err != nil && m.ring.near(r.at) {
			t.Fatalf("a reader at %d is near, but overrun", r.at)
		}
	}
}

func TestRing_near(t *testing.T) {
	t.Parallel()
	r := newRing(10, 8, 800)
	for p := eventlog.Position(11); p <= 22; p++ { // those at 11 to 14 are pushed out
		_ = r.put(t.Context(), eventlog.Recorded{Position: p})
	}
	want := func(what string, at eventlog.Position, want bool) {
		t.Helper()
		if got := r.near(at); got != want {
			t.Errorf("%s, at %d: got %v, want %v", what, at, got, want)
		}
	}
	want("overrun", 13, false)
	want("nearly overrun", 17, false)
	want("half of the ring behind the head", 18, true)
	want("the head", 22, true)
	want("ahead of a trunk that has not caught up", 23, false)
	r.setLive(t.Context(), true)
	want("ahead of a trunk that has", 23, true)
	_ = r.put(t.Context(), eventlog.Recorded{Position: 24, Data: make([]byte, 500)})
	want("half of the bytes behind the head", 23, false)
	want("the head", 24, true)
	r.end(io.EOF)
	want("the head of what has ended", 24, false)
}

func TestRing_a_pump_whose_context_has_ended_changes_nothing(t *testing.T) {
	t.Parallel()
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	r := newRing(5, 8, 800)
	if err := r.put(ended, eventlog.Recorded{Position: 6}); !errors.Is(err, context.Canceled) {
		t.Errorf("put: got %v, want canceled", err)
	}
	r.pass(ended, 9)
	r.setLive(ended, true)
	if batch, moved, err := r.take(5, false); moved == nil || r.reached() != 5 {
		t.Errorf("got %+v, %v, position %d", batch, err, r.reached())
	}
}

func TestRing_wakes_who_waits(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(r *ring, f *follower)
		want   error
	}{
		"for an event":                {func(r *ring, _ *follower) { _ = r.put(context.Background(), eventlog.Recorded{Position: 6}) }, nil},
		"for a checkpoint":            {func(r *ring, _ *follower) { r.pass(context.Background(), 6) }, nil},
		"for the head":                {func(r *ring, _ *follower) { r.setLive(context.Background(), true) }, nil},
		"when the log is damaged":     {func(r *ring, _ *follower) { r.end(io.EOF) }, io.EOF},
		"when its follower is closed": {func(_ *ring, f *follower) { f.Close() }, eventlog.ErrClosed},
		"when its context has an end": {nil, context.DeadlineExceeded},
		"when it has had what there is": {func(r *ring, _ *follower) {
			_ = r.put(context.Background(), eventlog.Recorded{Position: 4})
			r.end(io.EOF)
		}, io.EOF},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := &follower{at: 5}
				f.ctx, f.stop = context.WithCancelCause(t.Context())
				ctx, cancel := context.WithTimeout(t.Context(), time.Second)
				defer cancel()
				r, got := newRing(5, 8, 800), make(chan error, 1)
				go func() {
					_, err := r.next(ctx, f)
					got <- err
				}()
				synctest.Wait()
				if c.change != nil {
					c.change(r, f)
				}
				if err := <-got; !errors.Is(err, c.want) {
					t.Errorf("got %v, want %v", err, c.want)
				}
			})
		})
	}
}
