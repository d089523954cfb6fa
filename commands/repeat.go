package commands

import "context"

// repeat answers a request that was done before: with the events of then and
// the state of now.
func (r *Repository[S, E]) repeat(ctx context.Context, e *entry[S], done receipt) (Outcome[S, E], error) {
	if _, err := r.load(ctx, e, true); err != nil {
		return Outcome[S, E]{}, err
	}
	events, err := r.between(ctx, e.stream, done.First, done.Last)
	if err != nil {
		return Outcome[S, E]{}, err
	}
	out := r.outcome(e, events, done.Position)
	out.Repeated = true
	return out, nil
}
