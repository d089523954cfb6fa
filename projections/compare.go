package projections

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"parley/domain/eventlog"
	"parley/domain/sqldb"
)

// clockSkew is how far the clocks of store and program may be apart.
const clockSkew = 2 * time.Second

// answer is what a log says about an event that it once held.
type answer int

const (
	same    answer = iota
	another        // that event is not, and was not, in this log
	gone           // what can no longer be read proves nothing
)

// foreign says how the log differs from the one that the rows of a checkpoint
// were made of, or nothing. The last event applied decides, and where it is gone
// the witness. Where that is gone too, nothing says that it is another log.
func foreign(ctx context.Context, log eventlog.Log, db sqldb.DB, at Checkpoint) (string, error) {
	if at.EventPosition == eventlog.Start {
		return "", nil
	}
	last, err := askFor(ctx, log, at.Event, at.EventPosition)
	switch {
	case err != nil || last == same:
		return "", err
	case last == another:
		return "the event log was replaced by another one, which has another event, or none, where the last one was applied", nil
	}
	w, err := loadWitness(ctx, db, at.Store)
	if err != nil || w == (Witness{}) {
		return "", err
	}
	first, err := askFor(ctx, log, w.ID, w.Position)
	if err != nil || first != another {
		return "", err
	}
	return "the event log was replaced by another one, which begins with another event", nil
}

// elsewhere is foreign for rows that somebody else moves, whose stored position is
// taken as it is: the log must have it.
func elsewhere(ctx context.Context, log eventlog.Log, db sqldb.DB, at Checkpoint) (string, error) {
	reason, err := foreign(ctx, log, db, at)
	if err != nil || reason != "" || at.Position == at.EventPosition {
		return reason, err
	}
	if _, err = log.At(ctx, at.Position); errors.Is(err, eventlog.ErrNoSuchPosition) {
		return "the event log was replaced by another one, which does not know its position", nil
	}
	if err != nil && !errors.Is(err, eventlog.ErrGone) {
		return "", fmt.Errorf("compare with the log: %w", err)
	}
	return "", nil
}

// askFor asks a log for the event at a position.
func askFor(ctx context.Context, log eventlog.Log, id uuid.UUID, position eventlog.Position) (answer, error) {
	e, err := log.At(ctx, position)
	switch {
	case errors.Is(err, eventlog.ErrGone):
		return gone, nil
	case errors.Is(err, eventlog.ErrNoSuchPosition):
		return another, nil
	case err != nil:
		return gone, fmt.Errorf("compare with the log: %w", err)
	case e.ID != id:
		return another, nil
	}
	return same, nil
}

// passed reports whether a log whose last event applied is there has also passed
// the position of the checkpoint as it was stored. It may be an older copy, in
// which only events of others are missing: the position is then another event's,
// written after it was stored, or none's.
func passed(ctx context.Context, log eventlog.Log, at Checkpoint) (bool, error) {
	if at.Position == at.EventPosition {
		return true, nil
	}
	e, err := log.At(ctx, at.Position)
	switch {
	case errors.Is(err, eventlog.ErrGone):
		return true, nil
	case errors.Is(err, eventlog.ErrNoSuchPosition):
		return false, nil
	case err != nil:
		return false, fmt.Errorf("compare with the log: %w", err)
	}
	return !e.RecordedAt.After(at.Updated.Add(clockSkew)), nil
}
