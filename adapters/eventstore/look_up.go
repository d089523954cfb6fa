package eventstore

import (
	"context"
	"errors"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"

	"parley/domain/eventlog"
)

// errUnseen stands for an answer that named no position though nothing is stored.
var errUnseen = errors.New("append was answered but is not in its stream")

// errStreamMoved is the conflict that the stream itself shows.
var errStreamMoved = errors.New("stream is at another revision")

// lookUp reads whether the append took place. Without a trace of it the cause
// stands: the outcome is unknown still.
func (p proposal) lookUp(ctx context.Context, client *esdb.Client, cause error) (eventlog.Appended, error) {
	events, err := readPage(ctx, client, openStream(p.stream, max(p.expected, 0), len(p.events)+1))
	if err != nil && faultOf(err) != missing {
		return eventlog.Appended{}, err
	}
	if cause == nil {
		cause = errUnseen
	}
	return p.compare(events, cause)
}

// compare finds the append in what the stream shows from the expected revision on.
// What was truncated or deleted is not shown, and a stream that goes on after its
// deletion does so at a revision that nobody expected: so the append is wherever
// its first event is.
func (p proposal) compare(stored []eventlog.Recorded, cause error) (eventlog.Appended, error) {
	reached := p.expected == eventlog.NoStream
	if len(stored) > 0 && stored[0].Revision == p.expected {
		stored, reached = stored[1:], true
	}
	if len(stored) == 0 && reached {
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
