package projections_test

import (
	"context"
	"errors"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"parley/domain/eventlog"
	"parley/domain/sqldb"
	"parley/projections"
)

// follow keeps a projector at work until the returned function is called.
func (r *rig) follow(p *projections.Projector) (stop func()) {
	r.Helper()
	at := r.begin(p)
	ctx, cancel := context.WithCancel(r.Context())
	subscription, err := r.log.Follow(ctx, at, "parley_")
	if err != nil {
		r.Fatal(err)
	}
	var worker sync.WaitGroup
	worker.Go(func() {
		defer p.End(nil)
		defer subscription.Close()
		for {
			batch, err := subscription.Next(ctx)
			if err != nil {
				return
			}
			if err := p.Apply(context.WithoutCancel(ctx), batch); err != nil {
				r.Errorf("the live projector hiccupped: %v", err)
				return
			}
		}
	})
	return sync.OnceFunc(func() { cancel(); worker.Wait() })
}

func TestRebuild_while_events_come_gives_the_same_rows(t *testing.T) {
	onBoth(t, func(r *rig) {
		r.ticks(2500, 11)
		p, board := r.projector(r.db, 1)
		stop := r.follow(p)
		defer stop()
		if err := board.Wait(r.Context(), []string{"ticks"}, r.tick(0, 0)); err != nil {
			r.Fatal(err)
		}
		rebuilt := make(chan struct{})
		var writer sync.WaitGroup
		var last eventlog.Position
		writer.Go(func() {
			for i := 0; ; i++ {
				last = r.tick(i%11, i)
				select {
				case <-rebuilt:
					return
				default:
				}
			}
		})
		var done, total uint64
		report, err := p.Rebuild(r.Context(), func(d, of uint64) { done, total = d, of })
		close(rebuilt)
		writer.Wait()
		if err != nil {
			r.Fatal(err)
		}
		if len(report.Differences) != 0 || report.Position == 0 || done != total || done == 0 {
			r.Errorf("want no difference and full progress, got %+v at %d of %d", report, done, total)
		}
		if err := board.Wait(r.Context(), []string{"ticks"}, last); err != nil {
			r.Fatal(err)
		}
		stop()
		r.wantFold(nil)
	})
}

func TestRebuild_corrects_wrong_rows_and_counts_them(t *testing.T) {
	onBoth(t, func(r *rig) {
		r.ticks(30, 4)
		p, _ := r.projector(r.db, 1)
		r.catchUp(p, 10)
		for _, sql := range []string{
			"update ticks.streams set total = total + 1 where stream = '" + stream(0) + "'",
			"delete from ticks.streams where stream = '" + stream(1) + "'",
		} {
			if err := r.db.Write(r.Context(), "ticks", []sqldb.Statement{{SQL: sql, Affects: 1}}); err != nil {
				r.Fatal(err)
			}
		}
		report, err := p.Rebuild(r.Context(), func(uint64, uint64) {})
		if err != nil {
			r.Fatal(err)
		}
		want := []projections.Difference{{Table: "streams", OnlyLeft: 1, OnlyRight: 2}}
		if diff := cmp.Diff(want, report.Differences); diff != "" {
			r.Errorf("differences (-want +got):\n%s", diff)
		}
		r.wantFold(nil)
		r.tick(2, 9)
		all := r.events()
		if err := p.Apply(r.Context(), batches(all, all[len(all)-2].Position, 5)[0]); err != nil {
			r.Errorf("the live projector goes on after the exchange: %v", err)
		}
		r.wantFold(nil)
	})
}

func TestRebuild_releases_what_is_no_longer_poison(t *testing.T) {
	onBoth(t, func(r *rig) {
		r.ticks(20, 4)
		p, board := r.projector(r.db, 1)
		r.catchUp(p, 20)
		parked := "insert into ticks.parked (stream, position, event, type, error, at) values ($1, 1, '', '', 'a fault since mended', 0)"
		if err := r.db.Write(r.Context(), "ticks", []sqldb.Statement{{SQL: parked, Args: []any{stream(1)}}}); err != nil {
			r.Fatal(err)
		}
		elsewhere, _ := r.projector(r.db, 1) // leads while another process rebuilds
		r.begin(elsewhere)
		if report, err := p.Rebuild(r.Context(), func(uint64, uint64) {}); err != nil || report.Parked != 0 {
			r.Fatalf("want nothing parked any more, got %+v, %v", report, err)
		}
		last := r.tick(1, 5)
		all := r.events()
		tail := batches(all, all[len(all)-2].Position, 5)[0]
		if err := elsewhere.Apply(r.Context(), tail); !errors.Is(err, projections.ErrFenced) {
			r.Fatalf("want the exchange noticed by who knows the old generation, got %v", err)
		}
		r.catchUp(elsewhere, 10)
		r.wantFold(nil)
		if s := r.state(board); s.Position != last || len(s.Parked) != 0 {
			r.Errorf("want position %d and nothing parked, got %+v", last, s)
		}
	})
}

func TestBegin_after_the_schema_was_dropped_gives_the_same_rows(t *testing.T) {
	onBoth(t, func(r *rig) {
		r.ticks(25, 3)
		p, _ := r.projector(r.db, 1)
		r.catchUp(p, 10)
		before := stored(r, r.db)
		if err := r.db.Drop(r.Context(), "ticks"); err != nil {
			r.Fatal(err)
		}
		r.tick(0, 0)
		all := r.events()
		err := p.Apply(r.Context(), batches(all, all[len(all)-2].Position, 5)[0])
		if !errors.Is(err, projections.ErrFenced) {
			r.Fatalf("want the term over when the schema is gone, got %v", err)
		}
		r.catchUp(p, 500)
		r.wantFold(nil)
		if cmp.Equal(before, stored(r, r.db)) {
			r.Error("the last event is not in the rows")
		}
	})
}
