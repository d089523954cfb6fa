package projections_test

import (
	"context"
	"iter"
	"sync/atomic"
	"testing"

	"parley/domain/eventlog"
	"parley/projections"
)

// counted counts what a log is asked.
type counted struct {
	eventlog.Log
	reads, ends, ats atomic.Int64
}

func (c *counted) ReadAll(ctx context.Context, after eventlog.Position, prefix string, limit int) iter.Seq2[eventlog.Recorded, error] {
	c.reads.Add(1)
	return c.Log.ReadAll(ctx, after, prefix, limit)
}

func (c *counted) End(ctx context.Context) (eventlog.Position, error) {
	c.ends.Add(1)
	return c.Log.End(ctx)
}

func (c *counted) At(ctx context.Context, position eventlog.Position) (eventlog.Recorded, error) {
	c.ats.Add(1)
	return c.Log.At(ctx, position)
}

func (c *counted) all() int64 { return c.reads.Load() + c.ends.Load() + c.ats.Load() }

// A feed need not tell that it has passed what others wrote.
func TestBoard_meets_a_position_behind_which_nothing_of_ours_is_missing(t *testing.T) {
	onBoth(t, func(r *rig) {
		r.ticks(4, 2)
		p, here := r.projector(r.db, 1)
		_, elsewhere := r.projector(r.db, 1)
		r.catchUp(p, 10)
		at := r.foreign()
		for _, board := range []*projections.Board{here, elsewhere} {
			if err := board.Wait(r.Context(), []string{"ticks"}, at); err != nil {
				r.Fatal(err)
			}
		}
		missing := r.tick(0, 1)
		behind := r.foreign()
		end, err := r.log.End(r.Context())
		if err != nil {
			r.Fatal(err)
		}
		for _, board := range []*projections.Board{here, elsewhere} {
			for what, position := range map[string]eventlog.Position{
				"that of an event that is missing": missing, "one behind it": behind, "one above the end": end + 1,
			} {
				if err := board.Wait(soon(r), []string{"ticks"}, position); err == nil {
					r.Errorf("want %s not met", what)
				}
			}
		}
		r.catchUp(p, 10)
		for _, board := range []*projections.Board{here, elsewhere} {
			if err := board.Wait(r.Context(), []string{"ticks"}, behind); err != nil {
				r.Error(err)
			}
			if err := board.Wait(soon(r), []string{"ticks"}, end+1); err == nil {
				r.Error("want what is above the end not met")
			}
		}
	})
}

// What a follower heard of is not looked for.
func TestBoard_asks_the_log_about_nothing_that_it_heard(t *testing.T) {
	onBoth(t, func(r *rig) {
		r.ticks(6, 2)
		log := &counted{Log: r.log}
		p, board := r.projectorOf(log, r.db, 1)
		at := r.begin(p)
		all := r.events()
		board.Hear(eventlog.Batch{Events: all, Position: all[5].Position})
		if err := p.Apply(r.Context(), batches(all[:4], at, 10)[0]); err != nil {
			r.Fatal(err)
		}
		asked := log.all()
		if err := board.Wait(soon(r), []string{"ticks"}, all[5].Position); err == nil {
			r.Error("want what is missing not met")
		}
		behind := r.foreign()
		board.Hear(eventlog.Batch{Position: behind})
		if err := p.Apply(r.Context(), batches(all, all[3].Position, 10)[0]); err != nil {
			r.Fatal(err)
		}
		if err := board.Wait(r.Context(), []string{"ticks"}, behind); err != nil {
			r.Error(err)
		}
		if more := log.all() - asked; more != 0 {
			r.Errorf("the log was asked %d times", more)
		}
	})
}
