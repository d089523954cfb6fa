package eventnode

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"

	"parley/domain/eventlog"
)

// StreamDeletedError says that a stream is dead for ever, or, where a stream was
// expected to exist, that it has been deleted. Nothing was written.
type StreamDeletedError struct{ Stream string }

// Error implements error.
func (e *StreamDeletedError) Error() string {
	return fmt.Sprintf("stream %s is deleted", e.Stream)
}

// ended turns a tombstone's error into the port's, which has no other deletion.
func ended(err error) error {
	if gone, ok := errors.AsType[*StreamDeletedError](err); ok {
		return fmt.Errorf("%s: %w", gone.Stream, eventlog.ErrStreamDeleted)
	}
	return err
}

// Delete hides a stream's events: reads find no stream, and the next append goes
// on with the numbering. It replaces what "$$stream" said. It returns where that
// was written. Errors are those of AppendExpecting; a stream that never had an
// event is not as expected, whatever is expected.
func (n *Node) Delete(ctx context.Context, stream string, expected Expectation) (eventlog.Position, error) {
	return n.end(ctx, deletes, stream, expected, Event{NewEvent: eventlog.NewEvent{
		Type: metadataType, Data: fmt.Appendf(nil, `{"$tb":%d}`, int64(tombstone)),
	}})
}

// Tombstone ends a stream for ever: whoever reads it or its metadata, or appends to
// it, is told [StreamDeletedError]; metadata that it has can still be appended to.
// Reads of all streams still show its events and then the tombstone. It returns
// where that was written.
func (n *Node) Tombstone(ctx context.Context, stream string, expected Expectation) (eventlog.Position, error) {
	return n.end(ctx, tombstones, stream, expected, Event{NewEvent: eventlog.NewEvent{Type: deletedType}, Binary: true})
}

func (n *Node) end(ctx context.Context, kind kind, stream string, expected Expectation, by Event) (eventlog.Position, error) {
	by.ID = uuid.New()
	r := &request{kind: kind, stream: stream, expected: expected, answer: make(chan answer, 1)}
	if err := r.check([]Event{by}); err != nil {
		return 0, err
	}
	r.events = []Event{by}
	appended, err := n.submit(ctx, r)
	return appended.Position, err
}
