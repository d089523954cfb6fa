package projections_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"parley/domain/eventlog"
	"parley/domain/sqldb"
	"parley/projections"
)

func TestProjector_applies_redelivered_and_overlapping_batches_once(t *testing.T) {
	onBoth(t, func(r *rig) {
		r.ticks(60, 5)
		p, _ := r.projector(r.db, 1)
		r.begin(p)
		all := r.events()
		for _, span := range [][2]int{{0, 10}, {0, 10}, {0, 4}, {5, 25}, {10, 25}, {0, 60}, {59, 60}} {
			run := all[span[0]:span[1]]
			if err := p.Apply(r.Context(), eventlog.Batch{Events: run, Position: run[len(run)-1].Position}); err != nil {
				r.Fatalf("apply events %v: %v", span, err)
			}
		}
		r.wantFold(nil)
	})
}

// Two instances that both believe to lead race through the same log. Each that
// is fenced begins again where the checkpoint is.
func TestProjectors_racing_on_one_checkpoint_apply_each_event_once(t *testing.T) {
	onBoth(t, func(r *rig) {
		r.ticks(400, 7)
		var fenced atomic.Int64
		var racers sync.WaitGroup
		first, _ := r.projector(r.db, 1)
		r.begin(first) // creates the schema
		for i := range 2 {
			p, _ := r.projector(r.db, 1)
			racers.Go(func() { race(r, p, 3+i, &fenced) })
		}
		racers.Wait()
		r.wantFold(nil)
		if fenced.Load() == 0 {
			r.Log("the racers never met")
		}
	})
}

func race(r *rig, p *projections.Projector, size int, fenced *atomic.Int64) {
	all := r.events()
	for {
		at, err := p.Begin(r.Context())
		if err != nil {
			r.Errorf("begin: %v", err)
			return
		}
		rest := batches(all, at, size)
		if len(rest) == 0 {
			return
		}
		for _, b := range rest {
			err := p.Apply(r.Context(), b)
			if errors.Is(err, projections.ErrFenced) {
				fenced.Add(1)
				break
			}
			if err != nil {
				r.Errorf("apply: %v", err)
				return
			}
		}
	}
}

func TestProjector_finds_out_what_a_lost_answer_meant(t *testing.T) {
	for name, write := range map[string]bool{"the commit took place": true, "the commit did not take place": false} {
		t.Run(name, func(t *testing.T) {
			onBoth(t, func(r *rig) {
				r.ticks(50, 4)
				lost := 0
				db := &faultyDB{DB: r.db}
				lose := func() error {
					if lost++; lost%3 == 0 {
						return nil
					}
					return fmt.Errorf("%w: the answer is lost", sqldb.ErrUnavailable)
				}
				if write {
					db.after = func(err error) error { return errors.Join(err, lose()) }
				} else {
					db.before = lose
				}
				p, board := r.projector(db, 1)
				r.catchUp(p, 10)
				r.wantFold(nil)
				if s := r.state(board); s.Retrying != "" || lost < 5 {
					r.Errorf("after %d losses the projection still waits: %q", lost, s.Retrying)
				}
			})
		})
	}
}

func TestProjector_shows_what_it_waits_for_and_gives_up_with_its_term(t *testing.T) {
	onBoth(t, func(r *rig) {
		r.ticks(1, 1)
		db := &faultyDB{DB: r.db}
		p, board := r.projector(db, 1)
		ctx, endTerm := context.WithCancel(r.Context())
		defer endTerm()
		if _, err := p.Begin(ctx); err != nil {
			r.Fatal(err)
		}
		db.before = func() error { return fmt.Errorf("%w: pulled the plug", sqldb.ErrUnavailable) }
		answer := make(chan error, 1)
		go func() { answer <- p.Apply(context.WithoutCancel(ctx), batches(r.events(), 0, 10)[0]) }()
		eventually(r.T, "the state tells of the fault", func() bool { return r.state(board).Retrying != "" })
		endTerm()
		if err := <-answer; !errors.Is(err, projections.ErrIdle) || !errors.Is(err, sqldb.ErrUnavailable) {
			r.Errorf("want the term's end and its reason, got %v", err)
		}
	})
}
