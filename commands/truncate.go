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
	e := r.cache.pin(id)
	defer r.cache.unpin(e)
	if err := e.gate.enter(ctx); err != nil {
		return fault("wait for the stream", err)
	}
	defer e.gate.leave()
	if _, err := r.load(ctx, e, false); err != nil || e.first == 0 {
		return err
	}
	if err := r.Log.Truncate(ctx, e.stream, e.first); err != nil {
		return fault("truncate stream", err)
	}
	return nil
}
