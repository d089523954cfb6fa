package commands

import "parley/domain/snapshot"

// Snapshot and Snapshots are the port to snapshots.
type (
	Snapshot  = snapshot.Row
	Snapshots = snapshot.Store
)
