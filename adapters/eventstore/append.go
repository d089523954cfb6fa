package eventstore

import (
	"context"
	"errors"
	"fmt"
	"time"

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
	e, a := s.present(), proposal{stream: stream, expected: expected, events: proposed(events)}
	got, err := askWithin(ctx, e, appending, a.patience(s.config.CallTimeout), a.send)
	switch {
	case faultOf(err) == conflict:
		return got, &eventlog.ConflictError{Stream: stream, Expected: expected}
	case err != nil:
		return got, fmt.Errorf("append to %s: %w", stream, final(appending, err))
	}
	e.acknowledged(got.Position, a.ids())
	return got, nil
}

// check refuses what the server would refuse, or what it would accept and no
// repetition could recognise.
func check(events []eventlog.NewEvent) error {
	if len(events) == 0 {
		return errNoEvents
	}
	if len(events) > eventlog.MaxAppendEvents {
		return eventlog.ErrTooLarge
	}
	bytes := 0
	for _, e := range events {
		if e.ID == uuid.Nil {
			return errNoID
		}
		bytes += len(e.Type) + len(e.Data) + len(e.Metadata)
	}
	if bytes > eventlog.MaxAppendBytes || len(events) > eventlog.MaxAppendEvents {
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

// slowly is how many events may take as long as any other call.
const slowly = 500

// patience is how long one attempt may take: each event is a message of its own.
func (p proposal) patience(ofCalls time.Duration) time.Duration {
	return ofCalls * time.Duration(1+len(p.events)/slowly)
}

// ids are those of its events.
func (p proposal) ids() []uuid.UUID {
	ids := make([]uuid.UUID, len(p.events))
	for i := range p.events {
		ids[i] = p.events[i].EventID
	}
	return ids
}

// send sends the append once. When the client has lost the answer, or the answer
// lacks the position, the stream itself is asked; and so it is when it was to begin
// but has events: the server does not recognise an append that began it anew after a
// deletion.
func (p proposal) send(ctx context.Context, client *esdb.Client) (eventlog.Appended, error) {
	options := esdb.AppendToStreamOptions{ExpectedRevision: expectedRevision(p.expected)}
	if deadline, ok := remaining(ctx); ok {
		options.Deadline = &deadline
	}
	result, err := client.AppendToStream(byLeader(ctx), p.stream, options, p.events...)
	begun := p.expected == eventlog.NoStream && faultOf(err) == conflict
	if begun || cutShort(err) || err == nil && result.CommitPosition == 0 {
		return p.lookUp(ctx, client, err)
	}
	if err != nil {
		return eventlog.Appended{}, err
	}
	return eventlog.Appended{
		Revision: eventlog.Revision(result.NextExpectedVersion), // the client's name for the last event's
		Position: eventlog.Position(result.CommitPosition),
	}, nil
}
