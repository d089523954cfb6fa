package projections

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"parley/domain"
	"parley/domain/eventlog"
	"parley/domain/sqldb"
)

var (
	// ErrFenced ends a term: another projector has moved the checkpoint, or the
	// schema was exchanged for one that is behind.
	ErrFenced = errors.New("another projector moved the checkpoint")
	// ErrHalted ends a term: nothing more is applied until somebody looks.
	ErrHalted = errors.New("projection halted")
	// ErrIdle is returned outside of a term.
	ErrIdle = errors.New("projector has no term")
)

// errBlame is wrapped by faults that some event of the run must be to blame
// for, when it is not known which.
var errBlame = errors.New("an event of the run is to blame")

// Pauses between two tries while something is unavailable, before jitter.
const (
	firstPause   = 50 * time.Millisecond
	longestPause = 2 * time.Second
)

// unavailable reports whether a later try may succeed.
func unavailable(err error) bool {
	return errors.Is(err, sqldb.ErrUnavailable) || errors.Is(err, eventlog.ErrUnavailable)
}

// blamesEvent reports whether the database or a handler refused something that
// comes from the events.
func blamesEvent(err error) bool {
	return errors.Is(err, sqldb.ErrRejected) || errors.Is(err, errBlame)
}

// insist tries a step until it neither is unavailable nor fails with a lost
// context, or until ctx or the term ends. Trouble is told of each failed try,
// and with nil when it is over.
func insist(ctx context.Context, term <-chan struct{}, trouble func(error), step func() error) error {
	pause, troubled := firstPause, false
	for {
		err := step()
		if err == nil || !unavailable(err) {
			if troubled {
				trouble(nil)
			}
			return err
		}
		troubled = true
		trouble(err)
		select {
		case <-time.After(pause/2 + rand.N(pause)):
		case <-ctx.Done():
			return fmt.Errorf("%w: %w", ctx.Err(), err)
		case <-term:
			return fmt.Errorf("%w: %w", ErrIdle, err)
		}
		pause = min(2*pause, longestPause)
	}
}

// verdict turns what ended a step into what ends the term.
func verdict(err error) error {
	switch {
	case err == nil, errors.Is(err, ErrFenced), errors.Is(err, ErrHalted), errors.Is(err, ErrIdle),
		errors.Is(err, domain.ErrUnknownType),
		errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded),
		errors.Is(err, eventlog.ErrClosed), errors.Is(err, eventlog.ErrLogChanged), errors.Is(err, eventlog.ErrNoSuchPosition):
		return err
	case errors.Is(err, sqldb.ErrNoSchema):
		return fmt.Errorf("%w: %w", ErrFenced, err)
	default:
		return fmt.Errorf("%w: %w", ErrHalted, err)
	}
}
