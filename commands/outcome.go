package commands

import (
	"time"

	"parley/domain"
	"parley/domain/eventlog"
)

// Loaded is an aggregate's state as a decision sees it. State belongs to the
// repository: it is valid during the call only and must not be changed.
// Revision and Position are those of the stream's last event that the state
// holds ([eventlog.NoStream] and [eventlog.Start] for a stream without events).
// Now is the clock of the command, the same however often it is decided.
type Loaded[S any] struct {
	State    *S
	Revision eventlog.Revision
	Position eventlog.Position
	Now      time.Time
}

// Outcome is what a command came to. State is a copy of the current state, nil
// when the aggregate has no Copy; Revision is the state's. Events are those of
// this command, also when it was repeated; a no-op has none. Position is that
// of the last of them, and for a no-op of the stream's last event, or of the
// last one known at all. Repeated says that an earlier request with the same key did it.
type Outcome[S any, E domain.Event] struct {
	State    *S
	Revision eventlog.Revision
	Position eventlog.Position
	Events   []E
	Repeated bool
}
