package commands

import (
	"context"

	"github.com/google/uuid"
)

// Truncate takes out of a stream what precedes its final event; nothing happens
// to one without. It may be repeated at any time, and goes on when the caller
// hangs up. Error: [domain.CodeUnavailable] when the log does not answer within
// 5 s.
func (r *Repository[S, E]) Truncate(ctx context.Context, id uuid.UUID) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), appendTimeout)
	defer cancel()
	e, err := r.turn(ctx, id)
	if err != nil {
		return err
	}
	defer r.done(e)
	if _, err := r.load(ctx, e, false); err != nil {
		return err
	}
	return r.truncate(ctx, e)
}

// truncate is Truncate for an entry that is loaded.
func (r *Repository[S, E]) truncate(ctx context.Context, e *entry[S]) error {
	if e.first == 0 {
		return nil
	}
	if err := r.Log.Truncate(ctx, e.stream, e.first); err != nil {
		return fault("truncate stream", err)
	}
	return nil
}
