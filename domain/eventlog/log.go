// Package eventlog is the port to the event store: append at an expected
// revision, read a stream or the whole log, follow the log, truncate a stream.
//
// What every implementation guarantees, and the contract suite checks:
//
//   - An append is wholly there or not at all; when Append returns nil, it is on
//     disk, and every later read and every follower sees it.
//   - Events of a stream have revisions 0, 1, 2 …; all events have strictly
//     increasing positions, in the order in which followers see them. Positions
//     are never dense and never zero.
//   - Repeating an append with the same event ids at the same expected revision
//     succeeds with the first result and writes nothing.
//   - What is truncated is never read from its stream again.
//   - A read never mistakes an error for the end.
//   - No call outlives its context by more than a moment.
package eventlog

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"time"

	"github.com/google/uuid"
)

// Position is a place in the log of all events; an event's position is above
// those of all events before it. Start is before the first.
type Position uint64

// Start is the position before the first event.
const Start Position = 0

// Revision is a place in one stream: 0 for its first event. As an expectation
// it is the revision of the stream's last event.
type Revision int64

// NoStream is the revision of a stream without events.
const NoStream Revision = -1

// NewEvent is an event to append. The id makes a repeated append recognisable
// and must be set. Data and Metadata are JSON.
type NewEvent struct {
	ID       uuid.UUID
	Type     string
	Data     []byte
	Metadata []byte
}

// Recorded is an event as the store holds it. RecordedAt is the store's clock. Data
// and Metadata may be shared with other readers: nobody changes their bytes.
type Recorded struct {
	ID         uuid.UUID
	Stream     string
	Revision   Revision
	Position   Position
	Type       string
	Data       []byte
	Metadata   []byte
	RecordedAt time.Time
}

// Appended is the place of an append's last event.
type Appended struct {
	Revision Revision
	Position Position
}

// MaxAppendBytes is the most that one append may carry: data, metadata and type
// names together, as the real server limits it.
const MaxAppendBytes = 1 << 20

// ConflictError says that the stream's last revision was not the expected one.
// Nothing was written.
type ConflictError struct {
	Stream   string
	Expected Revision
}

// Error implements error.
func (e *ConflictError) Error() string {
	return fmt.Sprintf("stream %s is not at revision %d", e.Stream, e.Expected)
}

// ErrTooLarge is returned by Append above [MaxAppendBytes]. Nothing was written.
var ErrTooLarge = errors.New("append is too large")

// ErrUnavailable is wrapped by every error that says that the store cannot be
// reached or cannot write now. Whether an append took place is then unknown:
// the same append may be sent again.
var ErrUnavailable = errors.New("event store is unavailable")

// ErrClosed is returned after Close.
var ErrClosed = errors.New("event store is closed")

// DamagedError names the position at which stored bytes are not what was
// written. Nothing behind it is handed out. The position is Start when the bytes
// are not an event's, but of what leads to one.
type DamagedError struct {
	Position Position
	Reason   string
}

// Error implements error.
func (e *DamagedError) Error() string {
	if e.Position == Start {
		return "event log is damaged: " + e.Reason
	}
	return fmt.Sprintf("event log is damaged at position %d: %s", e.Position, e.Reason)
}

// Log is the port. All methods are safe for concurrent use.
type Log interface {
	// Append writes events to the end of a stream whose last revision is the
	// expected one. Errors: *ConflictError, ErrTooLarge, or one that wraps
	// ErrUnavailable. It needs at least one event.
	Append(ctx context.Context, stream string, expected Revision, events []NewEvent) (Appended, error)

	// ReadStream yields the stream's events from a revision (inclusive), oldest
	// first, at most limit (0: all). A missing stream yields nothing.
	ReadStream(ctx context.Context, stream string, from Revision, limit int) iter.Seq2[Recorded, error]

	// ReadAll yields the events behind a position (exclusive) whose stream name
	// has the prefix, oldest first, at most limit (0: all up to the end at the
	// time of the call).
	ReadAll(ctx context.Context, after Position, prefix string, limit int) iter.Seq2[Recorded, error]

	// Tail returns the position of the last event whose stream name has the
	// prefix, or Start when there is none.
	Tail(ctx context.Context, prefix string) (Position, error)

	// Truncate takes the events of a stream before a revision out of it: ReadStream
	// begins with that revision from then on, and the next append goes on as
	// before. ReadAll and Follow may still show them, until the store is scavenged.
	// What was truncated before stays so, and repeating it writes nothing. Errors
	// wrap ErrUnavailable.
	Truncate(ctx context.Context, stream string, before Revision) error

	// Follow starts a subscription behind a position (exclusive) to the events
	// whose stream name has the prefix. It returns at once, also while the
	// store cannot be reached; ctx only bounds the call.
	Follow(ctx context.Context, after Position, prefix string) (Subscription, error)
}

// Batch is a run of events in log order. Position is how far the subscription
// has come, at or above that of the last event: it also passes events that the
// prefix filtered out. Live is set when nothing more was waiting.
type Batch struct {
	Events   []Recorded
	Position Position
	Live     bool
}

// Limits of what one Next hands out.
const (
	MaxBatchEvents = 500
	MaxBatchBytes  = 1 << 20
)

// Subscription hands out the log from where it started, without gap or double,
// through outages of any length (an implementation reconnects by itself). It
// has one reader.
type Subscription interface {
	// Next waits until there is something, then returns all that has already
	// arrived, at most MaxBatchEvents and MaxBatchBytes (but at least one event,
	// or none when only Position or Live moved). Errors: ctx's, ErrClosed, or
	// *DamagedError.
	Next(ctx context.Context) (Batch, error)
	// Close ends the subscription and a waiting Next.
	Close()
}

// Identity returns the id of the log's first product event, which tells one
// store from another, or the zero id of a log without events.
func Identity(ctx context.Context, log Log, prefix string) (uuid.UUID, error) {
	for e, err := range log.ReadAll(ctx, Start, prefix, 1) {
		return e.ID, err
	}
	return uuid.Nil, nil
}
