package projections_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"parley/domain/eventlog"
	"parley/projections/projectiontest"
)

func TestState_of_a_standby_has_begun_and_caught_up_when_the_leader_has(t *testing.T) {
	onBoth(t, func(r *rig) {
		r.ticks(6, 2)
		leader, _ := r.projector(r.db, 1)
		_, early := r.projector(r.db, 1)
		if s := r.state(early); s.Begun || s.CaughtUp || !s.Missing {
			r.Errorf("want nothing begun without rows, got %+v", s)
		}
		at, all := r.begin(leader), r.events()
		if err := leader.Apply(r.Context(), batches(all[:3], at, 10)[0]); err != nil {
			r.Fatal(err)
		}
		_, standby := r.projector(r.db, 1)
		if s := r.state(standby); !s.Begun || s.CaughtUp || s.Leading {
			r.Errorf("want rows of this log that are not at its end, got %+v", s)
		}
		if err := leader.Apply(r.Context(), batches(all, all[2].Position, 10)[0]); err != nil {
			r.Fatal(err)
		}
		r.foreign() // the leader's feed does not tell of it
		eventually(r.T, "the standby sees the end that it found", func() bool { return r.state(standby).CaughtUp })
		r.tick(0, 1)
		if s := r.state(standby); !s.Begun || !s.CaughtUp {
			r.Errorf("want it to stay so while the leader falls behind, got %+v", s)
		}
	})
}

func TestState_of_a_standby_tells_that_the_rows_are_of_another_log(t *testing.T) {
	onBoth(t, func(r *rig) {
		r.ticks(6, 2)
		first := projectiontest.NewReplaceable(r.log)
		leader, _ := r.projectorOf(first, r.db, 1)
		r.catchUp(leader, 10)
		second := projectiontest.NewReplaceable(r.log)
		_, standby := r.projectorOf(second, r.db, 1)
		if s := r.state(standby); !s.Begun || !s.CaughtUp {
			r.Fatalf("want it caught up, got %+v", s)
		}
		r.onAnotherLog(first)
		second.Replace(r.log)
		r.ticks(3, 2)
		if s := r.state(standby); s.Begun || s.CaughtUp || s.Unready == "" {
			r.Errorf("want it not begun, with the reason, got %+v", s)
		}
		leader.End(eventlog.ErrLogChanged)
		r.catchUp(leader, 10)
		eventually(r.T, "the standby sees the new rows", func() bool { s := r.state(standby); return s.Begun && s.CaughtUp })
	})
}

func TestState_tells_what_the_event_store_refuses(t *testing.T) {
	onBoth(t, func(r *rig) {
		log := projectiontest.NewReplaceable(r.log)
		p, board := r.projectorOf(log, r.db, 1)
		r.catchUp(p, 10)
		refused := &eventlog.RefusedError{Refusal: eventlog.RefusedRights, Call: "subscribe to $all", Err: errors.New("denied")}
		log.SetTrouble(eventlog.Trouble{Err: fmt.Errorf("follow: %w", refused), Since: projectiontest.Epoch})
		if s := r.state(board); s.Refused != eventlog.RefusedRights || !s.RefusedSince.Equal(projectiontest.Epoch) {
			r.Errorf("want the refusal and since when, got %+v", s)
		}
		log.SetTrouble(eventlog.Trouble{Err: eventlog.ErrUnavailable, Since: projectiontest.Epoch})
		if s := r.state(board); s.Refused != "" {
			r.Errorf("an outage is no refusal: %+v", s)
		}
	})
}

func TestStates_ask_no_log_that_does_not_serve(t *testing.T) {
	onBoth(t, func(r *rig) {
		r.ticks(2, 1)
		leader, _ := r.projector(r.db, 1)
		r.begin(leader)
		troubled := projectiontest.NewReplaceable(r.log)
		log := &counted{Log: troubled}
		_, board := r.projectorOf(log, r.db, 1)
		troubled.SetTrouble(eventlog.Trouble{Err: eventlog.ErrUnavailable, Since: projectiontest.Epoch})
		if s := r.state(board); s.Begun || log.all() != 0 {
			r.Errorf("the log was asked %d times: %+v", log.all(), s)
		}
		troubled.SetTrouble(eventlog.Trouble{})
		if s := r.state(board); !s.Begun || s.Lag <= 0 {
			r.Errorf("want the log asked once it serves, got %+v", s)
		}
	})
}

// Only events of others are missing in an older copy of the log, and nobody has set
// the position back yet.
func TestState_of_a_standby_trusts_no_position_that_the_log_does_not_know(t *testing.T) {
	onBoth(t, func(r *rig) {
		r.ticks(3, 2)
		leader, _ := r.projector(r.db, 1)
		r.catchUp(leader, 10)
		last := r.events()[2].Position
		r.spoil("update ticks.checkpoint set position = 99999")
		_, standby := r.projector(r.db, 1)
		if s := r.state(standby); s.Begun || !strings.Contains(s.Unready, "replaced") {
			r.Errorf("want it not begun, with the reason, got %+v", s)
		}
		if err := standby.Wait(soon(r), []string{"ticks"}, last); err == nil {
			r.Error("a waiter was answered with a position of another log")
		}
		leader.End(nil)
		r.begin(leader)
		if err := standby.Wait(r.Context(), []string{"ticks"}, last); err != nil {
			r.Error(err)
		}
	})
}
