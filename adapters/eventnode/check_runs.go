package eventnode

import (
	"context"
	"slices"

	"parley/domain/eventlog"
)

// checkRuns finds the product's events that a run hides from who searches for them.
func (s *store) checkRuns(ctx context.Context, after eventlog.Position, c *checked) (err error) {
	c.runs, err = s.runsWithin(ctx, after, c.to)
	if damaged(err) {
		c.add(Finding{s.numbering.next(after), err.Error()})
		return nil
	}
	for i := range c.records {
		if r := &c.records[i]; own(r.Stream) && c.passedOver(r.Position) {
			c.add(Finding{r.Position, "it lies in a run of events of others"})
		}
	}
	return err
}

// runsWithin returns the runs that lie between two positions, wholly or in part.
func (s *store) runsWithin(ctx context.Context, after, upTo eventlog.Position) (runs []run, err error) {
	for at, more := s.numbering.next(after), true; more && at <= upTo; {
		var page []run
		if page, more, err = s.runsFrom(ctx, at); err != nil || len(page) == 0 {
			return runs, err
		}
		runs = append(runs, page...)
		at = s.numbering.next(page[len(page)-1].last)
	}
	return runs, nil
}

// passedOver reports whether a position lies in a run.
func (c *checked) passedOver(at eventlog.Position) bool {
	return slices.ContainsFunc(c.runs, func(r run) bool { return r.first <= at && at <= r.last })
}

// Limits of what the check keeps before it has runs noted.
const (
	maxFoundRuns = 32
	maxUnsaid    = 4096
)

// runSearch finds the runs that nobody has noted yet: those of an older program, and
// the ends that were under way when a node was closed.
type runSearch struct {
	watch runWatch
	found []run
}

func (f *runSearch) look(c *checked) {
	for i := range c.records {
		r := &c.records[i]
		if c.passedOver(r.Position) {
			f.end()
		} else if ended, ok := f.watch.pass(r); ok {
			f.found = append(f.found, ended)
		}
	}
	if len(c.found) > 0 {
		f.end()
	}
}

// end ends the run under way.
func (f *runSearch) end() {
	if ended, ok := f.watch.cut(); ok {
		f.found = append(f.found, ended)
	}
}

// isFull reports whether there is enough to be noted.
func (f *runSearch) isFull() bool { return len(f.found) >= maxFoundRuns || f.watch.unsaid >= maxUnsaid }

// note has the writer note what was found.
func (n *Node) note(ctx context.Context, f *runSearch) error {
	if grown, ok := f.watch.due(); ok {
		f.found = append(f.found, grown)
	}
	runs := f.found
	if f.found = nil; len(runs) == 0 {
		return nil
	}
	return n.do(ctx, func(w *writer) error {
		if err := w.noteRuns(ctx, runs); err != nil {
			return w.fail(err)
		}
		return nil
	})
}
