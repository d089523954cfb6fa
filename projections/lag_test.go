package projections_test

import (
	"testing"
	"time"

	"parley/domain/eventlog"
)

func TestStates_of_what_is_at_the_end_ask_the_log_for_nothing(t *testing.T) {
	onBoth(t, func(r *rig) {
		r.ticks(6, 2)
		log := &counted{Log: r.log}
		p, board := r.projectorOf(log, r.db, 1)
		at, all := r.begin(p), r.events()
		last := batches(all, at, 10)[0]
		last.Live = true
		if err := p.Apply(r.Context(), last); err != nil {
			r.Fatal(err)
		}
		board.Hear(eventlog.Batch{Position: last.Position, Live: true})
		asked := log.all()
		for range 3 {
			if s := r.state(board); s.Lag != 0 || s.Behind != 0 || !s.CaughtUp {
				r.Errorf("want it at the end, got %+v", s)
			}
		}
		foreign := r.foreign()
		board.Hear(eventlog.Batch{Position: foreign})
		if s := r.state(board); s.Lag != 0 || s.Behind != 0 {
			r.Errorf("want events of others not to count, got %+v", s)
		}
		missing := r.tick(0, 1)
		more := r.events()[6:]
		board.Hear(eventlog.Batch{Events: more, Position: missing})
		if s := r.state(board); s.Lag <= 0 || s.Behind != uint64(missing-last.Position) || !s.CaughtUp {
			r.Errorf("want the missing event to count, got %+v", s)
		}
		if more := log.all() - asked; more != 0 {
			r.Errorf("the log was asked %d times", more)
		}
	})
}

// What is behind all that was heard is asked about, but not by everybody who wants
// to know.
func TestStates_of_what_is_far_behind_ask_the_log_seldom(t *testing.T) {
	onBoth(t, func(r *rig) {
		r.ticks(6, 2)
		log := &counted{Log: r.log}
		p, board := r.projectorOf(log, r.db, 1)
		at, all := r.begin(p), r.events()
		if err := p.Apply(r.Context(), batches(all[:2], at, 10)[0]); err != nil {
			r.Fatal(err)
		}
		board.Hear(eventlog.Batch{Events: all[5:], Position: all[5].Position})
		asked := log.all()
		began := time.Now()
		for range 20 {
			if s := r.state(board); s.Lag <= 0 || s.Behind != uint64(all[5].Position-all[1].Position) {
				r.Errorf("want four events missing, got %+v", s)
			}
		}
		if more := log.all() - asked; more < 1 || more > 1+int64(time.Since(began)/time.Second) {
			r.Errorf("the log was asked %d times", more)
		}
	})
}
