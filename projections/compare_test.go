package projections_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"

	"parley/adapters/eventnode"
	"parley/domain/eventlog"
	"parley/domain/sqldb"
)

// takeAway takes a stream out of the log for good, in one of the ways in which
// that can be done.
func (r *rig) takeAway(n int, tombstone bool) {
	r.Helper()
	var err error
	if tombstone {
		_, err = r.log.Tombstone(r.Context(), stream(n), eventnode.Any)
	} else {
		err = r.log.Truncate(r.Context(), stream(n), r.revisions[stream(n)]+1)
	}
	if err != nil {
		r.Fatal(err)
	}
}

func (r *rig) scavenge() {
	r.Helper()
	if _, err := r.log.Scavenge(r.Context(), nil); err != nil {
		r.Fatal(err)
	}
}

// foreign appends an event of somebody else and returns where it is.
func (r *rig) foreign() eventlog.Position {
	r.Helper()
	done, err := r.log.Append(r.Context(), "elsewhere-"+fmt.Sprint(r.others), eventlog.NoStream, []eventlog.NewEvent{newEvent(r, "foreign", "{}")})
	if err != nil {
		r.Fatal(err)
	}
	r.others++
	return done.Position
}

// spoil changes a row of the toy's schema, change one of any.
func (r *rig) spoil(sql string, args ...any) {
	r.Helper()
	r.change("ticks", sql, args...)
}

func (r *rig) change(schema, sql string, args ...any) {
	r.Helper()
	if err := r.db.Write(r.Context(), schema, []sqldb.Statement{{SQL: sql, Args: args, Affects: 1}}); err != nil {
		r.Fatal(err)
	}
}

// generation tells whether rows were made anew.
func (r *rig) generation() (id string) {
	r.Helper()
	for row, err := range r.db.Query(r.Context(), "select generation from ticks.checkpoint") {
		if err == nil {
			err = row.Scan(&id)
		}
		if err != nil {
			r.Fatal(err)
		}
	}
	return id
}

// wantKept begins a term and checks that the rows are gone on with, from where
// they were.
func (r *rig) wantKept(generation string, at eventlog.Position) {
	r.Helper()
	p, board := r.projector(r.db, 1)
	if got := r.begin(p); got != at || r.generation() != generation {
		r.Errorf("want the rows kept and gone on with from %d, got %d, anew: %t", at, got, r.generation() != generation)
	}
	if s := r.state(board); !s.Begun || s.Unready != "" {
		r.Errorf("want it begun, got %+v", s)
	}
	r.tick(3, 1000)
	r.catchUp(p, 10)
	if got, want := stored(r, r.db)[stream(3)], "2 events, total 1003"; len(got) < len(want) || got[:len(want)] != want {
		r.Errorf("what came then is not in the rows: %s", got)
	}
}

// The first event is in stream 0, the last one in stream 4.
func TestBegin_goes_on_with_rows_whose_events_are_gone(t *testing.T) {
	for _, tombstone := range []bool{false, true} {
		for name, streams := range map[string][]int{"the last": {4}, "the first": {0}, "both": {0, 4}} {
			for _, older := range []bool{false, true} {
				t.Run(fmt.Sprintf("%s, tombstone %t, of an older program %t", name, tombstone, older), func(t *testing.T) {
					onBoth(t, func(r *rig) { takenAway(r, streams, tombstone, older) })
				})
			}
		}
	}
}

func takenAway(r *rig, streams []int, tombstone, older bool) {
	r.ticks(5, 5)
	p, _ := r.projector(r.db, 1)
	r.catchUp(p, 2)
	p.End(nil)
	if older {
		r.forgetWitness()
	}
	last := r.events()[4].Position
	for _, n := range streams {
		r.takeAway(n, tombstone)
	}
	r.foreign()
	r.scavenge()
	r.wantKept(r.generation(), last)
}

func TestBegin_makes_rows_anew(t *testing.T) {
	const other = `'6f3a1d1e-5d0a-5c57-9d5f-7d2a6f7b9c10'`
	cases := map[string]struct {
		version int
		change  func(r *rig)
	}{
		"of another version": {2, func(*rig) {}},
		"of another log": {1, func(r *rig) {
			r.log, r.revisions = openLog(r), map[string]eventlog.Revision{}
			r.ticks(40, 4)
		}},
		"of a log that reached further": {1, func(r *rig) {
			r.log, r.revisions = openLog(r), map[string]eventlog.Revision{}
			r.ticks(20, 4)
		}},
		"of a log that was set back and went on otherwise": {1, func(r *rig) {
			r.spoil("update ticks.checkpoint set event = " + other)
		}},
		"of another log, where the last event is gone": {1, func(r *rig) {
			r.takeAway(1, false) // the stream of the last event
			r.foreign()
			r.scavenge()
			r.change("witness", "update witness.events set event = "+other)
		}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			onBoth(t, func(r *rig) {
				r.ticks(26, 3)
				p, _ := r.projector(r.db, 1)
				r.catchUp(p, 10)
				p.End(nil)
				before := r.generation()
				c.change(r)
				next, board := r.projector(r.db, c.version)
				r.catchUp(next, 10)
				r.wantFold(nil)
				if r.generation() == before || !r.state(board).Begun {
					r.Error("the former rows were gone on with")
				}
			})
		})
	}
}

// Programs before this one kept none, and read models of one are gone on with.
func TestBegin_keeps_a_witness_for_rows_that_have_none(t *testing.T) {
	onBoth(t, func(r *rig) {
		r.ticks(6, 2)
		p, _ := r.projector(r.db, 1)
		r.catchUp(p, 10)
		p.End(nil)
		first := fmt.Sprintf("%s at %d", r.events()[0].ID, r.events()[0].Position)
		if got := r.witness(); got != first {
			r.Errorf("want the first event applied kept, %s, got %s", first, got)
		}
		r.forgetWitness()
		next, _ := r.projector(r.db, 1)
		r.begin(next)
		if got := r.witness(); got != first {
			r.Errorf("want the first event kept again, %s, got %s", first, got)
		}
	})
}

// witness returns the event that is kept.
func (r *rig) witness() string {
	r.Helper()
	for row, err := range r.db.Query(r.Context(), "select event, position from witness.events") {
		var event string
		var position int64
		if err == nil {
			err = row.Scan(&event, &position)
		}
		if err != nil {
			r.Fatal(err)
		}
		return fmt.Sprintf("%s at %d", event, position)
	}
	return "none"
}

func (r *rig) forgetWitness() {
	r.Helper()
	if err := r.db.Drop(r.Context(), "witness"); err != nil {
		r.Fatal(err)
	}
}

// Only events of others are missing in an older copy of the log.
func TestBegin_goes_back_to_the_last_event_applied(t *testing.T) {
	cases := map[string]func(r *rig){
		"from a position that the log does not reach": func(r *rig) {
			r.spoil("update ticks.checkpoint set position = 99999")
		},
		"from a position that is no event's": func(r *rig) {
			r.tick(0, 1)
			r.spoil("update ticks.checkpoint set position = position + 1")
		},
		"from a position that another event has since": func(r *rig) {
			r.tick(0, 1)
			r.spoil("update ticks.checkpoint set updated = 0, position = $1", int64(r.foreign()))
		},
	}
	for name, change := range cases {
		t.Run(name, func(t *testing.T) {
			onBoth(t, func(r *rig) {
				r.ticks(5, 2)
				p, _ := r.projector(r.db, 1)
				r.catchUp(p, 10)
				p.End(nil)
				last, generation := r.events()[4].Position, r.generation()
				change(r)
				next, _ := r.projector(r.db, 1)
				if at := r.begin(next); at != last || r.generation() != generation {
					r.Errorf("want to begin behind %d on the same rows, got %d", last, at)
				}
				r.tick(1, 7)
				r.catchUp(next, 10)
				r.wantFold(nil)
			})
		})
	}
}

// A position that cannot be followed from is not tried again.
func TestBegin_goes_back_when_its_position_was_refused(t *testing.T) {
	onBoth(t, func(r *rig) {
		r.ticks(5, 2)
		p, _ := r.projector(r.db, 1)
		r.catchUp(p, 10)
		last := r.events()[4].Position
		at := r.foreign()
		eventually(r.T, "the position is stored", func() bool {
			if err := p.Apply(r.Context(), eventlog.Batch{Position: at}); err != nil {
				r.Fatal(err)
			}
			_, fresh := r.projector(r.db, 1)
			return r.state(fresh).Position == at
		})
		p.End(fmt.Errorf("follow: %w", eventlog.ErrNoSuchPosition))
		if again := r.begin(p); again != last {
			r.Errorf("want to begin behind the last event at %d, got %d", last, again)
		}
	})
}

// flaky is a log that cannot be asked for an event at first.
type flaky struct {
	eventlog.Log
	refusals atomic.Int64
}

func (f *flaky) At(ctx context.Context, position eventlog.Position) (eventlog.Recorded, error) {
	if f.refusals.Add(-1) >= 0 {
		return eventlog.Recorded{}, fmt.Errorf("read: %w", eventlog.ErrUnavailable)
	}
	return f.Log.At(ctx, position)
}

func TestBegin_waits_for_a_log_that_cannot_be_asked(t *testing.T) {
	onBoth(t, func(r *rig) {
		r.ticks(5, 2)
		p, _ := r.projector(r.db, 1)
		r.catchUp(p, 10)
		p.End(nil)
		log := &flaky{Log: r.log}
		log.refusals.Store(2)
		next, _ := r.projectorOf(log, r.db, 1)
		generation := r.generation()
		if at := r.begin(next); at != r.events()[4].Position || log.refusals.Load() >= 0 || r.generation() != generation {
			r.Errorf("want the rows kept once the log answers, got %d with %d refusals left", at, log.refusals.Load())
		}
	})
}
