package queries

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"

	"parley/domain"
	"parley/domain/eventlog"
)

// LogChangedError says that a position is none of the log that answers now: it is
// of another one, behind the end, or was never handed out. It wraps an error of
// domain.CodeLogChanged.
type LogChangedError struct {
	Log   uuid.UUID         // the id of the log's first event; zero while it has none
	Head  eventlog.Position // from here on, what is new comes
	cause error
}

// Error implements error.
func (e *LogChangedError) Error() string {
	return fmt.Sprintf("position is none of log %s up to %d: %v", e.Log, e.Head, e.cause)
}

// Unwrap returns what may be shown, and the cause.
func (e *LogChangedError) Unwrap() []error {
	return []error{
		domain.NewError(domain.CodeLogChanged, "The position is none of this log: the event store was replaced, or the number was never handed out. "+
			"Begin again: without a position for everything, or behind the head for what is new."),
		e.cause,
	}
}

// refused returns why the feed cannot be read. Where the log has changed it says
// what there is now.
func (h FeedHandler) refused(ctx context.Context, book *logbook, cause error) error {
	changed := errors.Is(cause, eventlog.ErrLogChanged)
	if !changed && !errors.Is(cause, eventlog.ErrNoSuchPosition) {
		return fmt.Errorf("read feed: %w", classified(cause))
	}
	ctx, cancel := context.WithTimeout(ctx, maxWait)
	defer cancel()
	if changed {
		select {
		case <-book.ended: // soon: calls fail before the log is forgotten
		case <-ctx.Done():
		}
	}
	return h.books.now.Load().changed(ctx, cause)
}

// changed returns the error that says which log this is.
func (b *logbook) changed(ctx context.Context, cause error) error {
	log, err := b.identify(ctx)
	if err != nil {
		return classified(err)
	}
	head, err := b.end(ctx)
	if err != nil {
		return fmt.Errorf("find the end of the log: %w", classified(err))
	}
	return &LogChangedError{Log: log, Head: head, cause: cause}
}
