package historytest

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"math/rand/v2"
	"time"

	"github.com/google/uuid"

	"parley/domain/eventlog"
)

// Log is what of an event log the clients use.
type Log interface {
	Append(ctx context.Context, stream string, expected eventlog.Revision, events []eventlog.NewEvent) (eventlog.Appended, error)
	ReadStream(ctx context.Context, stream string, from eventlog.Revision, limit int) iter.Seq2[eventlog.Recorded, error]
}

// Sizes of a history.
const (
	clients     = 16
	streamCount = 20
	// patience is how long a client waits for an answer.
	patience = 500 * time.Millisecond
	// finalPatience is how long the store may take to be there again.
	finalPatience = 30 * time.Second
	// tries is how often an append without an answer is sent again.
	tries = 3
)

// client makes calls one after the other.
type client struct {
	id      int
	log     Log
	history *history
	known   [streamCount]eventlog.Revision // the last revision that it has heard of
}

func newClient(id int, log Log, h *history) *client {
	c := &client{id: id, log: log, history: h}
	for i := range c.known {
		c.known[i] = eventlog.NoStream
	}
	return c
}

// run makes calls until the context ends; calls under way are finished.
func (c *client) run(ctx context.Context) {
	for ctx.Err() == nil {
		stream := rand.N(streamCount)
		if rand.N(4) == 0 {
			c.read(stream)
		} else {
			c.append(ctx, stream)
		}
	}
}

// append sends one event behind the revision that the client knows, again while
// there is no answer, and reads what it does not know after a conflict.
func (c *client) append(ctx context.Context, stream int) {
	expected, id := c.known[stream], uuid.New()
	for range tries {
		switch c.appendOnce(stream, expected, id) {
		case accepted:
			c.known[stream] = expected + 1
			return
		case conflict:
			c.read(stream)
			return
		}
		if ctx.Err() != nil {
			return
		}
	}
}

func (c *client) appendOnce(stream int, expected eventlog.Revision, id uuid.UUID) outcome {
	bounded, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	event := eventlog.NewEvent{ID: id, Type: "history.appended.v1", Data: []byte(`{}`)}
	done := c.history.begin(c.id, input{stream: stream, append: true, expected: expected, id: id})
	got, err := c.log.Append(bounded, c.history.name(stream), expected, []eventlog.NewEvent{event})
	if err == nil {
		done(output{outcome: accepted, revision: got.Revision, position: got.Position})
		return accepted
	}
	if _, ok := errors.AsType[*eventlog.ConflictError](err); ok {
		done(output{outcome: conflict})
		return conflict
	}
	if !passing(err) {
		c.history.note(fmt.Errorf("append: %w", err))
	}
	done(output{outcome: unknown})
	<-time.After(10 * time.Millisecond)
	return unknown
}

// read reads a whole stream and returns its ids one after the other. A read that
// fails has said nothing.
func (c *client) read(stream int) (all string, ok bool) {
	bounded, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	done := c.history.begin(c.id, input{stream: stream})
	var ids []byte
	last := eventlog.NoStream
	for e, err := range c.log.ReadStream(bounded, c.history.name(stream), 0, 0) {
		if err != nil {
			if !passing(err) {
				c.history.note(fmt.Errorf("read: %w", err))
			}
			return "", false
		}
		if last++; e.Revision != last {
			c.history.note(fmt.Errorf("read: revision %d follows %d others", e.Revision, last))
		}
		ids = append(ids, e.ID[:]...)
	}
	c.known[stream] = last
	done(output{outcome: accepted, ids: string(ids)})
	return string(ids), true
}

// readFinally reads every stream, again until there is an answer.
func (c *client) readFinally() {
	for stream := range streamCount {
		all, ok := c.read(stream)
		for deadline := time.Now().Add(finalPatience); !ok && time.Now().Before(deadline); {
			all, ok = c.read(stream)
		}
		if !ok {
			c.history.note(fmt.Errorf("%s cannot be read", c.history.name(stream)))
		}
		c.history.finals = append(c.history.finals, all)
	}
}

// passing reports whether an error says only that there is no answer now.
func passing(err error) bool {
	return errors.Is(err, eventlog.ErrUnavailable) || errors.Is(err, eventlog.ErrClosed) || errors.Is(err, context.DeadlineExceeded)
}
