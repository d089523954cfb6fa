package eventnode

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"

	"parley/domain/eventlog"
)

// kind is what a request asks for.
type kind int

const (
	appends    kind = iota
	deletes         // its event goes into the stream's metadata
	tombstones      // its event ends the stream
)

// request is one append or deletion on its way through the writer. The writer
// answers every request exactly once; the channel holds one answer, so it never waits for a
// caller who has left.
type request struct {
	kind     kind
	stream   string
	expected Expectation
	events   []Event
	size     int
	answer   chan answer
}

type answer struct {
	appended eventlog.Appended
	err      error
}

// Append implements [eventlog.Log]. When its context ends first it returns at
// once, and the append may still take place.
func (n *Node) Append(ctx context.Context, stream string, expected eventlog.Revision, events []eventlog.NewEvent) (eventlog.Appended, error) {
	if expected < eventlog.NoStream {
		return eventlog.Appended{}, fmt.Errorf("append events: no revision %d", expected)
	}
	if len(events) == 0 {
		return eventlog.Appended{}, errors.New("append events: at least one event is needed")
	}
	es := make([]Event, len(events))
	for i, e := range events {
		es[i].NewEvent = e
	}
	appended, err := n.AppendExpecting(ctx, stream, Expectation(expected), es)
	if _, ok := errors.AsType[*WrongRevisionError](err); ok {
		return appended, &eventlog.ConflictError{Stream: stream, Expected: expected}
	}
	return appended, ended(err)
}

// AppendExpecting is Append with every expectation the protocol knows and
// events that need not be JSON. Where Append answers [eventlog.ConflictError],
// it answers [WrongRevisionError]; a tombstoned stream answers
// [StreamDeletedError], and so does a deleted one that was expected to exist.
// Without events it checks the expectation and answers the stream's last revision,
// and a place in the log that holds nothing.
func (n *Node) AppendExpecting(ctx context.Context, stream string, expected Expectation, events []Event) (eventlog.Appended, error) {
	submitted, err := n.Submit(ctx, stream, expected, events)
	if err != nil {
		return eventlog.Appended{}, err
	}
	return submitted.Wait(ctx)
}

// submit hands a request to the writer and waits for the answer.
func (n *Node) submit(ctx context.Context, r *request) (eventlog.Appended, error) {
	if err := n.enqueue(ctx, r); err != nil {
		return eventlog.Appended{}, err
	}
	return n.await(ctx, r)
}

// check refuses what can never be appended and measures the rest.
func (r *request) check(events []Event) error {
	if r.stream == "" || r.stream == metaPrefix {
		return errors.New("append events: a stream name is needed")
	}
	if len(events) > eventlog.MaxAppendEvents {
		return fmt.Errorf("append %d events: %w", len(events), eventlog.ErrTooLarge)
	}
	for i := range events {
		e := &events[i]
		if e.ID == uuid.Nil || e.Type == "" {
			return fmt.Errorf("append events: event %d has no id or no type", i)
		}
		r.size += len(e.Type) + len(e.Data) + len(e.Metadata)
	}
	if r.size > eventlog.MaxAppendBytes {
		return fmt.Errorf("append %d bytes: %w", r.size, eventlog.ErrTooLarge)
	}
	return nil
}

// await returns the writer's answer, or the end of the context.
func (n *Node) await(ctx context.Context, r *request) (eventlog.Appended, error) {
	select {
	case a := <-r.answer:
		return a.appended, a.err
	case <-ctx.Done():
		return eventlog.Appended{}, fmt.Errorf("append events: %w", ctx.Err())
	case <-n.drained:
	}
	// The writer has gone; it may have answered as its last act.
	select {
	case a := <-r.answer:
		return a.appended, a.err
	default:
		return eventlog.Appended{}, eventlog.ErrClosed
	}
}
