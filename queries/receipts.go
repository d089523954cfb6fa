package queries

import (
	"context"

	"parley/domain"
	"parley/domain/eventlog"
)

// Receipts finds what idempotent commands wrote, however long ago.
type Receipts struct{ Sources }

// Find returns the receipt of the actor's idempotency key, as of at least the
// position, and whether there is one. It may be called for any actor: the caller
// has already authenticated.
func (r Receipts) Find(ctx context.Context, organization string, actor domain.Person, key string, min eventlog.Position) (eventlog.Receipt, bool, error) {
	return eventlog.Receipt{}, false, nil
}
