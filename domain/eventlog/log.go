// Package eventlog is the port to the event store: append at an expected
// revision, read a stream or the whole log, follow the log, truncate a stream.
//
// What every implementation guarantees, and the contract suite checks:
//
//   - An append is wholly there or not at all; when Append returns nil, it is on
//     disk, and every later read and every follower sees it.
//   - Events of a stream have revisions 0, 1, 2 …; all events have strictly
//     increasing positions, in the order in which followers see them. A position is
//     handed out by the log and never computed: nothing is between two of them that
//     can be asked for, and a number that is no event's is refused.
//   - The log is shared: events of others stand between one's own, and what they
//     write costs a reader of one prefix nothing but the server's own search.
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
	"math"
	"strings"
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

const (
	// NoStream is the revision of a stream without events. A stream that was deleted
	// and may be written again has none either; it goes on with its numbering.
	NoStream Revision = -1
	// TombstoneRevision is that of the event that ends a stream for ever. Nothing
	// follows it, so one more than it is never asked for.
	TombstoneRevision Revision = math.MaxInt64
)

// TombstoneType is the type of the event that ends a stream for ever. The store
// writes it, without metadata or data, when somebody deletes the stream for good.
const TombstoneType = "$streamDeleted"

// NewEvent is an event to append. The id makes a repeated append recognisable: it
// must be set, and be of these bytes alone, since the store compares nothing else.
// Data and Metadata are JSON.
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

// IsOfStore reports whether the store itself wrote the event to tell of the
// stream, so that no program's types explain it.
func (r *Recorded) IsOfStore() bool { return strings.HasPrefix(r.Type, "$") }

// Appended is the place of an append's last event.
type Appended struct {
	Revision Revision
	Position Position
}

// MaxAppendBytes is the most that one append may carry: data, metadata and type
// names together, as the real server limits it.
const MaxAppendBytes = 1 << 20

// MaxAppendEvents is the most events that one append may have: what each costs
// beside its bytes is bounded by it.
const MaxAppendEvents = 10_000

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

// ErrTooLarge is returned by Append above [MaxAppendBytes] or [MaxAppendEvents]. Nothing was written.
var ErrTooLarge = errors.New("append is too large")

// ErrUnavailable is wrapped by every error that says that the store cannot be
// reached or cannot write now. Whether an append took place is then unknown:
// the same append may be sent again.
var ErrUnavailable = errors.New("event store is unavailable")

// ErrClosed is returned after Close.
var ErrClosed = errors.New("event store is closed")

// ErrNoSuchPosition is returned where a position is asked for that no event of
// this log has, had, or passed: it was computed, or belongs to another log.
var ErrNoSuchPosition = errors.New("event log has no such position")

// ErrGone is returned by At for a position whose event can no longer be read: it
// was scavenged. It proves nothing about which log this is.
var ErrGone = errors.New("event is gone from the log")

// ErrStreamDeleted is returned for a stream that was deleted for ever. Nothing was
// written, and nothing will be.
var ErrStreamDeleted = errors.New("stream is deleted for ever")

// ErrLogChanged ends calls and subscriptions that began on a log in whose place
// there is now another one: an older copy, or a different store. Whether an append
// took place on the former one is unknown. The same call, made again, is answered
// by the new log.
var ErrLogChanged = errors.New("event log was replaced by another one")

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
	// expected one. The revision in the answer is the only one to go on from: on a
	// stream that was deleted and is written again it is not the expected one and the
	// number of events. Errors: *ConflictError, ErrTooLarge, ErrStreamDeleted,
	// ErrLogChanged, or one that wraps ErrUnavailable. It needs at least one event.
	Append(ctx context.Context, stream string, expected Revision, events []NewEvent) (Appended, error)

	// ReadStream yields the stream's events from a revision (inclusive), oldest
	// first, at most limit (0: all). A missing stream yields nothing, and so does one
	// that was deleted and may be written again; one that was deleted for ever fails
	// with ErrStreamDeleted.
	ReadStream(ctx context.Context, stream string, from Revision, limit int) iter.Seq2[Recorded, error]

	// ReadAll yields the events after a position (exclusive) whose stream name has
	// the prefix, oldest first, at most limit (0: all up to the end at the time of the
	// call). The position is Start, an event's or a batch's; another fails with
	// ErrNoSuchPosition.
	ReadAll(ctx context.Context, after Position, prefix string, limit int) iter.Seq2[Recorded, error]

	// At returns the event at a position, whatever its stream. It fails with ErrGone
	// where it can no longer be read, and with ErrNoSuchPosition where none was.
	At(ctx context.Context, position Position) (Recorded, error)

	// End returns the position of the last event of all, whoever wrote it, or Start.
	End(ctx context.Context) (Position, error)

	// Truncate takes the events of a stream before a revision out of it: ReadStream
	// begins with that revision from then on, and the next append goes on as
	// before. ReadAll and Follow may still show them, until the store is scavenged.
	// What was truncated before stays so, and repeating it writes nothing. Errors
	// wrap ErrUnavailable.
	Truncate(ctx context.Context, stream string, before Revision) error

	// Follow starts a subscription after a position (exclusive) to the events
	// whose stream name has the prefix. It returns at once, also while the
	// store cannot be reached; ctx only bounds the call. The position is Start, an
	// event's or a batch's; with another the first Next fails with
	// ErrNoSuchPosition.
	Follow(ctx context.Context, after Position, prefix string) (Subscription, error)

	// Trouble says why the log does not serve now, and since when; it is zero while
	// it does. It returns at once.
	Trouble() Trouble

	// OnReplaced registers what forgets the log: it is called whenever another log
	// is found in its place while this process runs, after every call and
	// subscription of before has failed with ErrLogChanged, and before the new log
	// answers any. It must not call the log.
	OnReplaced(forget func())
}

// Batch is a run of events in log order. Position is how far the subscription
// has come, at or above that of the last event: it also passes events that the
// prefix filtered out, though while it is live perhaps only when its next own event
// comes ([Passed] asks). Live is set when nothing more was waiting; the position is
// then at or above what was the log's end when the subscription began or was
// resumed.
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
	// or none when only Position or Live moved). Errors: ctx's, ErrClosed,
	// ErrNoSuchPosition, ErrLogChanged, or *DamagedError.
	Next(ctx context.Context) (Batch, error)
	// Close ends the subscription and a waiting Next.
	Close()
}
