package eventstore

import (
	"context"
	"math"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"

	"parley/domain/eventlog"
)

// recorded turns the client's event into the port's. Links are never resolved,
// so what was read is the event itself.
func recorded(e *esdb.RecordedEvent) eventlog.Recorded {
	return eventlog.Recorded{
		ID:         e.EventID,
		Stream:     e.StreamID,
		Revision:   eventlog.Revision(e.EventNumber),
		Position:   eventlog.Position(e.Position.Commit),
		Type:       e.EventType,
		Data:       e.Data,
		Metadata:   e.UserMetadata,
		RecordedAt: e.CreatedDate.UTC().Truncate(time.Microsecond),
	}
}

// expectedRevision names the revision to the server, never Any, at which a
// repetition might not be recognised.
func expectedRevision(r eventlog.Revision) esdb.ExpectedRevision {
	if r == eventlog.NoStream {
		return esdb.NoStream{}
	}
	return esdb.Revision(uint64(r))
}

// allPosition names a place in $all. It is never nil, which to a subscription
// would mean the end.
func allPosition(p eventlog.Position) esdb.AllPosition {
	if p == eventlog.Start {
		return esdb.Start{}
	}
	return esdb.Position{Commit: uint64(p), Prepare: uint64(p)}
}

// count is a limit as the server wants it, where 0 stands for all.
func count(limit int) uint64 {
	if limit <= 0 {
		return math.MaxInt64
	}
	return uint64(limit)
}

// remaining is the time until a context's deadline.
func remaining(ctx context.Context) (time.Duration, bool) {
	deadline, ok := ctx.Deadline()
	return time.Until(deadline), ok
}
