package eventstore

import (
	"context"
	"errors"
	"fmt"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/google/uuid"

	"parley/domain/eventlog"
)

var (
	errNoEvents = errors.New("append needs at least one event")
	errNoID     = errors.New("event has no id")
)

// Append implements [eventlog.Log]. It sends the same append again until the
// answer is definite, the context ends or the store is closed. An error that
// wraps [eventlog.ErrUnavailable] says that the outcome is unknown, also beside
// [eventlog.ErrClosed], which alone says that nothing was sent.
func (s *Store) Append(ctx context.Context, stream string, expected eventlog.Revision, events []eventlog.NewEvent) (eventlog.Appended, error) {
	if err := check(events); err != nil {
		return eventlog.Appended{}, err
	}
	if expected < eventlog.NoStream {
		return eventlog.Appended{}, &eventlog.ConflictError{Stream: stream, Expected: expected}
	}
	a := proposal{stream: stream, expected: expected, events: proposed(events)}
	got, err := ask(ctx, s, a.send)
	switch {
	case faultOf(err) == conflict:
		return got, &eventlog.ConflictError{Stream: stream, Expected: expected}
	case err != nil:
		return got, fmt.Errorf("append to %s: %w", stream, final(err))
	}
	return got, nil
}

// check refuses what the server would refuse, or what it would accept and no
// repetition could recognise.
func check(events []eventlog.NewEvent) error {
	if len(events) == 0 {
		return errNoEvents
	}
	bytes := 0
	for _, e := range events {
		if e.ID == uuid.Nil {
			return errNoID
		}
		bytes += len(e.Type) + len(e.Data) + len(e.Metadata)
	}
	if bytes > eventlog.MaxAppendBytes {
		return eventlog.ErrTooLarge
	}
	return nil
}

// proposed turns events into the client's.
func proposed(events []eventlog.NewEvent) []esdb.EventData {
	out := make([]esdb.EventData, len(events))
	for i, e := range events {
		out[i] = esdb.EventData{
			EventID:     e.ID,
			EventType:   e.Type,
			ContentType: esdb.ContentTypeJson,
			Data:        e.Data,
			Metadata:    e.Metadata,
		}
	}
	return out
}

// proposal is an append that can be sent any number of times.
type proposal struct {
	stream   string
	expected eventlog.Revision
	events   []esdb.EventData
}

// send sends the append once. When the client has lost the answer, or the
// answer lacks the position, the stream itself is asked.
func (p proposal) send(ctx context.Context, client *esdb.Client) (eventlog.Appended, error) {
	options := esdb.AppendToStreamOptions{ExpectedRevision: expectedRevision(p.expected)}
	if deadline, ok := remaining(ctx); ok {
		options.Deadline = &deadline
	}
	result, err := client.AppendToStream(ctx, p.stream, options, p.events...)
	if cutShort(err) || err == nil && result.CommitPosition == 0 {
		return p.lookUp(ctx, client, err)
	}
	if err != nil {
		return eventlog.Appended{}, err
	}
	return eventlog.Appended{
		Revision: p.expected + eventlog.Revision(len(p.events)),
		Position: eventlog.Position(result.CommitPosition),
	}, nil
}

// errLost stands for an answer that named no position though nothing is stored.
var errLost = errors.New("append was answered but is not in its stream")

// errStreamMoved is the conflict that the stream itself shows.
var errStreamMoved = errors.New("stream is at another revision")

// lookUp reads whether the append took place. Without a trace of it the cause
// stands: the outcome is unknown still.
func (p proposal) lookUp(ctx context.Context, client *esdb.Client, cause error) (eventlog.Appended, error) {
	events, err := readPage(ctx, client, openStream(p.stream, max(p.expected, 0), len(p.events)+1))
	if err != nil && faultOf(err) != missing {
		return eventlog.Appended{}, err
	}
	return p.compare(events, cause)
}

// compare finds the append in the events from the expected revision on.
func (p proposal) compare(stored []eventlog.Recorded, cause error) (eventlog.Appended, error) {
	if p.expected >= 0 {
		if len(stored) == 0 || stored[0].Revision != p.expected {
			return eventlog.Appended{}, errStreamMoved
		}
		stored = stored[1:]
	}
	if len(stored) == 0 {
		if cause == nil {
			cause = errLost
		}
		return eventlog.Appended{}, cause
	}
	if len(stored) < len(p.events) {
		return eventlog.Appended{}, errStreamMoved
	}
	for i, e := range p.events {
		if stored[i].ID != e.EventID {
			return eventlog.Appended{}, errStreamMoved
		}
	}
	last := stored[len(p.events)-1]
	return eventlog.Appended{Revision: last.Revision, Position: last.Position}, nil
}
