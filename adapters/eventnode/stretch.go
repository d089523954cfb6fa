package eventnode

import (
	"context"

	"parley/domain/eventlog"
)

// stretch is a piece of the log that was read in one go: the records of it that are
// wanted, and the position of its last event, wanted or not. Full says that it ends
// where a page has to, and not for want of events.
type stretch struct {
	records []Record
	to      eventlog.Position
	full    bool
}

// forwards reads a stretch behind a position up to another, of at most so many
// events: all of it, or the product's own, for which it passes over the runs of
// others. It comes at least one event further, or fails; what is whole before a
// damage comes with the error.
func (s *store) forwards(ctx context.Context, ownOnly bool, after, upTo eventlog.Position, limit int) (stretch, error) {
	if ownOnly {
		return s.ownForwards(ctx, after, upTo, limit)
	}
	records, err := s.allForwards(ctx, after, upTo, limit)
	st := stretch{records: records, to: after, full: len(records) == limit}
	if len(records) > 0 {
		st.to = records[len(records)-1].Position
	}
	return st, err
}

func (s *store) ownForwards(ctx context.Context, after, upTo eventlog.Position, limit int) (stretch, error) {
	g := gathering{store: s, stretch: stretch{to: after}, left: limit, more: true}
	for g.to < upTo && !g.full {
		if err := g.advance(ctx, upTo); err != nil {
			return g.stretch, err
		}
	}
	return g.stretch, nil
}

// gathering is a stretch of the product's own events in the making.
type gathering struct {
	*store
	stretch
	runs []run
	more bool // there may be more runs than these
	left int  // how many events may still be read
	size int  // of the records
}

// advance passes over the next run, or reads up to where it begins.
func (g *gathering) advance(ctx context.Context, upTo eventlog.Position) (err error) {
	next := g.numbering.next(g.to)
	if len(g.runs) == 0 && g.more {
		if g.runs, g.more, err = g.runsFrom(ctx, next); err != nil {
			return err
		}
	}
	if len(g.runs) > 0 {
		r := g.runs[0]
		if r.first <= next {
			g.runs, g.to = g.runs[1:], max(g.to, min(r.last, upTo))
			return nil
		}
		upTo = min(upTo, g.numbering.before(r.first))
	}
	records, err := g.allForwards(ctx, g.to, upTo, g.left)
	g.take(records)
	return err
}

// take keeps those of the records that are the product's, as far as a page goes.
func (g *gathering) take(records []Record) {
	for i := range records {
		r := &records[i]
		if own(r.Stream) {
			if g.size += r.size(); g.size > eventlog.MaxBatchBytes && len(g.records) > 0 {
				g.full = true
				return
			}
			g.records = append(g.records, *r)
		}
		g.to = r.Position
		g.left--
	}
	g.full = g.left <= 0
}
