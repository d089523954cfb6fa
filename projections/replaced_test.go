package projections_test

import (
	"context"
	"errors"
	"iter"
	"strings"
	"testing"
	"time"

	"parley/domain/eventlog"
	"parley/domain/sqldb"
	"parley/projections"
	"parley/projections/projectiontest"
)

// onAnotherLog puts an empty log into the place of the one that there is.
func (r *rig) onAnotherLog(log *projectiontest.Replaceable) {
	r.Helper()
	r.log, r.revisions = openLog(r), map[string]eventlog.Revision{}
	log.Replace(r.log)
}

func TestProjector_makes_its_rows_anew_when_the_log_is_replaced(t *testing.T) {
	for name, written := range map[string]int{"by one with less in it": 3, "by one with more in it": 30} {
		t.Run(name, func(t *testing.T) {
			onBoth(t, func(r *rig) {
				r.ticks(10, 2)
				log := projectiontest.NewReplaceable(r.log)
				p, board := r.projectorOf(log, r.db, 1)
				r.catchUp(p, 10)
				old := r.events()[9:]
				r.onAnotherLog(log)
				r.ticks(written, 3)
				if err := p.Apply(r.Context(), eventlog.Batch{Events: old, Position: old[0].Position + 3}); !errors.Is(err, eventlog.ErrLogChanged) {
					r.Errorf("want no batch applied to rows of another log, got %v", err)
				}
				p.End(eventlog.ErrLogChanged)
				if s := r.state(board); s.Begun || s.CaughtUp || s.Unready == "" || s.Halted != "" {
					r.Errorf("want it not begun, with the reason, got %+v", s)
				}
				r.catchUp(p, 10)
				r.wantFold(nil)
				if s := r.state(board); !s.Begun || s.Unready != "" {
					r.Errorf("want it begun, got %+v", s)
				}
			})
		})
	}
}

// The log is replaced between the beginning of a term and what follows from it.
func TestProjector_has_no_term_on_a_log_that_is_there_no_more(t *testing.T) {
	onBoth(t, func(r *rig) {
		r.ticks(4, 2)
		log := projectiontest.NewReplaceable(r.log)
		db := &hookedDB{DB: r.db}
		p, board := r.projectorOf(log, db, 1)
		r.catchUp(p, 10)
		p.End(nil)
		db.query = func() {
			db.query = nil
			r.onAnotherLog(log)
		}
		if _, err := p.Begin(r.Context()); !errors.Is(err, eventlog.ErrLogChanged) {
			r.Errorf("want no term on two logs, got %v", err)
		}
		if s := r.state(board); s.Leading || s.Halted != "" {
			r.Errorf("want it to begin again, got %+v", s)
		}
	})
}

// hookedDB does something before a question.
type hookedDB struct {
	sqldb.DB
	query func()
}

func (d *hookedDB) Query(ctx context.Context, sql string, args ...any) iter.Seq2[sqldb.Row, error] {
	if d.query != nil {
		d.query()
	}
	return d.DB.Query(ctx, sql, args...)
}

func TestBoard_tells_who_waits_that_the_log_was_replaced(t *testing.T) {
	onBoth(t, func(r *rig) {
		r.ticks(4, 2)
		log := projectiontest.NewReplaceable(r.log)
		p, board := r.projectorOf(log, r.db, 1)
		_, elsewhere := r.projectorOf(log, r.db, 1)
		r.catchUp(p, 10)
		last := r.events()[3].Position
		for _, b := range []*projections.Board{board, elsewhere} {
			if err := b.Wait(r.Context(), []string{"ticks"}, last); err != nil {
				r.Fatal(err)
			}
		}
		ended := make(chan error, 2)
		for _, b := range []*projections.Board{board, elsewhere} {
			go func() { ended <- b.Wait(r.Context(), []string{"ticks"}, last+3000) }()
		}
		r.onAnotherLog(log)
		for range 2 {
			if err := <-ended; !errors.Is(err, eventlog.ErrLogChanged) {
				r.Errorf("want the waiters told, got %v", err)
			}
		}
		// The rows are still those of the former log, and their positions too.
		for _, b := range []*projections.Board{board, elsewhere} {
			if err := b.Wait(soon(r), []string{"ticks"}, last); err == nil {
				r.Error("a waiter was answered with a position of the former log")
			}
		}
		p.End(eventlog.ErrLogChanged)
		r.ticks(6, 2)
		r.catchUp(p, 10)
		for _, b := range []*projections.Board{board, elsewhere} {
			if err := b.Wait(r.Context(), []string{"ticks"}, r.events()[5].Position); err != nil {
				r.Error(err)
			}
		}
	})
}

// soon returns a context that ends soon.
func soon(r *rig) context.Context {
	r.Helper()
	ctx, cancel := context.WithTimeout(r.Context(), 300*time.Millisecond)
	r.Cleanup(cancel)
	return ctx
}

// A rebuild whose log is replaced under way must not become a mixture.
func TestRebuild_ends_when_the_log_is_replaced(t *testing.T) {
	onBoth(t, func(r *rig) {
		r.ticks(10, 2)
		log := projectiontest.NewReplaceable(r.log)
		p, _ := r.projectorOf(log, r.db, 1)
		r.catchUp(p, 10)
		before := stored(r, r.db)
		replaced := false
		_, err := p.Rebuild(r.Context(), func(uint64, uint64) {
			if !replaced {
				replaced = true
				r.onAnotherLog(log)
				r.ticks(20, 3)
			}
		})
		if !errors.Is(err, eventlog.ErrLogChanged) {
			r.Errorf("want the rebuild to end, got %v", err)
		}
		if _, err := p.Rebuild(r.Context(), func(uint64, uint64) {}); !errors.Is(err, sqldb.ErrNoSchema) || !strings.Contains(err.Error(), "log") {
			r.Errorf("want rows of another log not to be rebuilt at their position, got %v", err)
		}
		if len(stored(r, r.db)) != len(before) {
			r.Error("the live rows were exchanged")
		}
	})
}
