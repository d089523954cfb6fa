package commands

import (
	"context"

	"github.com/google/uuid"

	"parley/domain/eventlog"
)

// Snapshot is a state as a row, to start a cold fold from. It is used only when
// Fold is the aggregate's version, Store the log's identity, and the event at
// Revision still has the id Event and the position Position.
type Snapshot struct {
	Stream   string
	Revision eventlog.Revision
	Position eventlog.Position
	Event    uuid.UUID
	Fold     int
	Store    uuid.UUID
	State    []byte // JSON
}

// Snapshots is the port to where snapshots are kept. Losing any of them only
// costs time. Both methods are safe for concurrent use.
type Snapshots interface {
	// Load returns the newest snapshot of the stream and whether there is one.
	Load(ctx context.Context, stream string) (Snapshot, bool, error)
	// Save keeps the snapshot some time later, or not at all. It never blocks.
	Save(Snapshot)
}
