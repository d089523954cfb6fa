package commands

import (
	"context"
	"errors"
)

// repeat answers a request that was done before: with the events of then and
// the state of now. Where the stream lost them, what it is now must be looked at, and
// the request be settled again; it is not found if then they are still missing.
func (r *Repository[S, E]) repeat(ctx context.Context, e *entry[S], c *command[S, E], done receipt) (out Outcome[S, E], again bool, err error) {
	if _, err := r.load(ctx, e, true); err != nil {
		return out, false, err
	}
	events, err := r.between(ctx, e.stream, done.First, done.Last)
	switch lost := errors.Is(err, errDisagreeing); {
	case lost && (e.at() < done.Last || e.begins > done.First):
		return out, false, r.absent(err)
	case lost && !c.looked:
		e.raise(brief)
		c.looked = true
		return out, true, nil
	case err != nil:
		return out, false, err
	}
	out = r.outcome(e, events, done.Position)
	out.Repeated = true
	return out, false, nil
}
