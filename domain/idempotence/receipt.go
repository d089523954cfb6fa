// Package idempotence is the port to the read model that remembers what every
// idempotency key did, however long ago.
package idempotence

import (
	"context"

	"parley/domain"
	"parley/domain/eventlog"
)

// Receipt says what was done under a key, whose scope is (organization,
// person): the events First to Last of a stream, the last of them at Position,
// for a request with Fingerprint.
type Receipt struct {
	Organization string
	Person       domain.Person
	Key          string
	Fingerprint  string
	Stream       string
	First, Last  eventlog.Revision
	Position     eventlog.Position
}

// Receipts is the port.
type Receipts interface {
	// Find returns the receipt of a key and whether there is one. The answer
	// covers all events up to and including the covered position.
	Find(ctx context.Context, organization string, person domain.Person, key string) (receipt Receipt, found bool, covered eventlog.Position, err error)
}
