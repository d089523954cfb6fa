package eventlog

import (
	"context"

	"github.com/google/uuid"
)

// Identity returns the id of the log's first product event, which tells one
// store from another, or the zero id of a log without events.
func Identity(ctx context.Context, log Log, prefix string) (uuid.UUID, error) {
	for e, err := range log.ReadAll(ctx, Start, prefix, 1) {
		return e.ID, err
	}
	return uuid.Nil, nil
}

// Passed reports whether who has come to one position has also passed another: no
// event with the prefix lies between, and the log reaches that far. A follower may
// be there without having been told, since a store need not say how far it has
// searched while it finds nothing.
func Passed(ctx context.Context, log Log, at, position Position, prefix string) (bool, error) {
	if at >= position {
		return true, nil
	}
	end, err := log.End(ctx)
	if err != nil || end < position {
		return false, err
	}
	for e, err := range log.ReadAll(ctx, at, prefix, 1) {
		return err == nil && e.Position > position, err
	}
	return true, nil
}
