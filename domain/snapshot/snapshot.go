// Package snapshot is the port to where states of long streams are kept as
// rows, to start a cold fold from. Losing any of them only costs time.
package snapshot

import (
	"context"

	"github.com/google/uuid"

	"parley/domain/eventlog"
)

// Row is the state of a stream at a revision. It is worth something only where
// Fold is the aggregate's version, Store the log's identity, and the event at
// Revision still has the id Event and the position Position.
type Row struct {
	Stream   string
	Revision eventlog.Revision
	Position eventlog.Position
	Event    uuid.UUID
	Fold     int
	Store    uuid.UUID
	State    []byte // JSON
}

// Store is the port. Both methods are safe for concurrent use.
type Store interface {
	// Load returns the newest snapshot of the stream and whether there is one.
	Load(ctx context.Context, stream string) (Row, bool, error)
	// Save keeps the snapshot some time later, or not at all. It never blocks.
	Save(Row)
}
