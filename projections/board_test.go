package projections_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"parley/domain/eventlog"
	"parley/projections"
)

func TestBoard_wakes_who_waits_here_and_elsewhere(t *testing.T) {
	onBoth(t, func(r *rig) {
		p, here := r.projector(r.db, 1)
		_, elsewhere := r.projector(r.db, 1) // the board of an instance that does not lead
		stop := r.follow(p)
		defer stop()
		for i := range 20 {
			position := r.tick(i, i)
			for _, board := range []*projections.Board{here, elsewhere} {
				if err := board.Wait(r.Context(), []string{"ticks"}, position); err != nil {
					r.Fatal(err)
				}
			}
			if got := len(stored(r, r.db)); got != i+1 {
				r.Fatalf("want %d rows after the wait, got %d", i+1, got)
			}
		}
	})
}

func TestBoard_lets_no_projector_rest_before_who_is_in_a_hurry_has_it(t *testing.T) {
	onBoth(t, func(r *rig) {
		r.ticks(2, 1)
		p, board := r.projector(r.db, 1)
		at, all := r.begin(p), r.events()
		if err := board.WaitUrgently(r.Context(), []string{"ticks"}, at); err != nil || hurried(p) {
			r.Fatalf("want nobody to wait for what is there, got %v", err)
		}
		waited := make(chan error, 1)
		go func() { waited <- board.WaitUrgently(r.Context(), []string{"ticks"}, all[1].Position) }()
		<-p.Awaited()
		for i, more := range []bool{true, false} {
			if err := p.Apply(r.Context(), eventlog.Batch{Events: all[i : i+1], Position: all[i].Position}); err != nil {
				r.Fatal(err)
			}
			if hurried(p) != more {
				r.Errorf("after %d of 2 events, want hurry %t", i+1, more)
			}
		}
		if err := <-waited; err != nil {
			r.Error(err)
		}
	})
}

func TestBoard_forgets_who_no_longer_waits(t *testing.T) {
	onBoth(t, func(r *rig) {
		r.ticks(1, 1)
		p, board := r.projector(r.db, 1)
		r.begin(p)
		ctx, cancel := context.WithCancel(r.Context())
		cancel()
		if err := board.WaitUrgently(ctx, []string{"ticks"}, 1<<40); err == nil || !hurried(p) {
			r.Fatal("want a wait that is given up")
		}
		first := r.events()[0]
		if err := p.Apply(r.Context(), eventlog.Batch{Events: []eventlog.Recorded{first}, Position: first.Position}); err != nil || hurried(p) {
			r.Errorf("want the projector to rest, got %v", err)
		}
	})
}

// hurried reports whether the projector was told that somebody is in a hurry.
func hurried(p *projections.Projector) bool {
	select {
	case <-p.Awaited():
		return true
	default:
		return false
	}
}

func TestBoard_gives_up_waiting_with_the_context(t *testing.T) {
	onBoth(t, func(r *rig) {
		p, board := r.projector(r.db, 1)
		r.begin(p)
		ctx, cancel := context.WithTimeout(r.Context(), 50*time.Millisecond)
		defer cancel()
		if err := board.Wait(ctx, []string{"ticks"}, 1); !errors.Is(err, context.DeadlineExceeded) {
			r.Errorf("want the deadline, got %v", err)
		}
		if err := board.Wait(r.Context(), []string{"nobody"}, 1); err == nil {
			r.Error("want an error for a projection that does not exist")
		}
	})
}

func TestBoard_tells_how_far_behind_a_projection_is(t *testing.T) {
	onBoth(t, func(r *rig) {
		p, board := r.projector(r.db, 1)
		if s := r.state(board); !s.Missing {
			r.Errorf("want missing rows shown, got %+v", s)
		}
		r.ticks(10, 2)
		at := r.begin(p)
		all := r.events()
		board.Hear(eventlog.Batch{Events: all, Position: all[9].Position})
		if err := p.Apply(r.Context(), batches(all[:4], at, 10)[0]); err != nil {
			r.Fatal(err)
		}
		s := r.state(board)
		if s.Position != all[3].Position || s.Behind != 18 || s.Lag <= 0 || !s.Leading || s.Missing {
			r.Errorf("want 6 events at a stride of 3 behind position %d, leading; got %+v", all[3].Position, s)
		}
	})
}

func TestBoard_tells_of_every_advance_in_order(t *testing.T) {
	onBoth(t, func(r *rig) {
		r.ticks(30, 2)
		p, board := r.projector(r.db, 1)
		var last, calls atomic.Uint64
		board.OnAdvance(func(name string, position eventlog.Position) {
			if name != "ticks" || uint64(position) < last.Swap(uint64(position)) {
				r.Errorf("%s went back to %d", name, position)
			}
			calls.Add(1)
		})
		r.catchUp(p, 10)
		if all := r.events(); last.Load() != uint64(all[29].Position) || calls.Load() != 4 {
			r.Errorf("want a call at the beginning and one a batch, got %d", calls.Load())
		}
	})
}

func TestProjector_stores_a_position_without_events_now_and_then(t *testing.T) {
	onBoth(t, func(r *rig) {
		r.ticks(3, 1)
		p, board := r.projector(r.db, 1)
		r.catchUp(p, 10)
		if _, err := r.log.Append(r.Context(), "elsewhere-1", eventlog.NoStream,
			[]eventlog.NewEvent{newEvent(r, "foreign", "{}"), newEvent(r, "foreign", "{}")}); err != nil {
			r.Fatal(err)
		}
		tail, err := r.log.End(r.Context())
		if err != nil {
			r.Fatal(err)
		}
		if err := p.Apply(r.Context(), eventlog.Batch{Position: tail - 3}); err != nil {
			r.Fatal(err)
		}
		if s := r.state(board); s.Position != tail-3 {
			r.Errorf("want the position known at once, got %d", s.Position)
		}
		eventually(r.T, "the position is stored", func() bool {
			if err := p.Apply(r.Context(), eventlog.Batch{Position: tail}); err != nil {
				r.Fatal(err)
			}
			_, fresh := r.projector(r.db, 1)
			return r.state(fresh).Position == tail
		})
		p.End(nil)
		if at := r.begin(p); at != tail {
			r.Errorf("want the next term to begin at %d, got %d", tail, at)
		}
	})
}
