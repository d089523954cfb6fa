package projections

import (
	"bytes"
	"fmt"
	"time"

	"github.com/google/uuid"

	"parley/domain"
	"parley/domain/eventlog"
	"parley/domain/sqldb"
)

// Projection is a read model: the tables of one schema, and how events change
// them. Version changes with the tables or their meaning; at start-up a
// projection of another version than the stored one is rebuilt by itself.
type Projection struct {
	Name     string
	Version  int
	Schema   string
	newBatch func() Batch
	handlers map[string]func(Batch, domain.Event, Meta)
	// last are the types that end a stream, described the tombstones whose rows
	// must be looked for.
	last      map[string]bool
	described map[string]*Described
}

// Batch collects what a run of events changes, folded per key in memory, and
// then says it in few multi-row statements, in the order of execution. The
// statements name tables of the projection's schema only, and never read what
// another batch of the same run has not yet written.
type Batch interface {
	Statements() []sqldb.Statement
}

// Meta is what is known of an event besides its data. Of a tombstone nothing is
// known that its author would have said, and its revision is no number to compute
// with: [eventlog.TombstoneRevision].
type Meta struct {
	domain.Meta
	ID         uuid.UUID
	Stream     string
	Revision   eventlog.Revision
	Position   eventlog.Position
	RecordedAt time.Time

	described []string // what a tombstone's stream was of
}

// uuidLength is that of a UUID as text.
const uuidLength = 36

// Aggregate returns the end of the stream's name, which is the aggregate's id as
// text.
func (m Meta) Aggregate() string { return m.Stream[max(0, len(m.Stream)-uuidLength):] }

// AggregateID returns the id at the end of the stream's name, or uuid.Nil where
// there is none.
func (m Meta) AggregateID() uuid.UUID {
	parsed, err := uuid.Parse(m.Aggregate())
	if err != nil {
		return uuid.Nil
	}
	return parsed
}

// Handler is one line of a projection's table: an event type and its fold.
type Handler[B Batch] struct {
	eventType string
	last      bool
	fold      func(B, domain.Event, Meta)
	of        *Described
}

// On returns the line that folds events E into the batch. A method expression
// reads well here: On((*batch).messageAdded).
func On[B Batch, E domain.Event](fold func(B, E, Meta)) Handler[B] {
	var zero E
	return Handler[B]{zero.EventType(), false, func(b B, e domain.Event, m Meta) { fold(b, e.(E), m) }, nil}
}

// every stands in a table for all event types at once.
const every = "*"

// OnEvery returns the line that folds every event by its metadata alone, besides
// the line of its own type.
func OnEvery[B Batch](fold func(B, Meta)) Handler[B] {
	return Handler[B]{every, false, func(b B, _ domain.Event, m Meta) { fold(b, m) }, nil}
}

// Define returns a projection from its table of handlers. Two lines for the
// same event are a programming error and panic at start.
func Define[B Batch](name string, version int, schema string, newBatch func() B, table ...Handler[B]) Projection {
	p := Projection{
		Name: name, Version: version, Schema: schema,
		newBatch: func() Batch { return newBatch() },
		handlers: make(map[string]func(Batch, domain.Event, Meta), len(table)),
		last:     map[string]bool{}, described: map[string]*Described{},
	}
	for _, h := range table {
		if _, twice := p.handlers[h.eventType]; twice {
			panic(fmt.Sprintf("projection %s handles %s twice", name, h.eventType))
		}
		p.handlers[h.eventType] = func(b Batch, e domain.Event, m Meta) { h.fold(b.(B), e, m) }
		p.last[h.eventType] = h.last
		if h.of != nil {
			p.described[h.eventType] = h.of
		}
	}
	return p
}

// EventError says which event of a run could not be folded. It wraps
// domain.ErrUnknownType when a newer version wrote the event.
type EventError struct {
	Event eventlog.Recorded
	Err   error
}

// Error implements error.
func (e *EventError) Error() string {
	return fmt.Sprintf("fold %s at position %d: %v", e.Event.Type, e.Event.Position, e.Err)
}

// Unwrap returns the cause.
func (e *EventError) Unwrap() error { return e.Err }

// Fold returns the statements that a run of events makes, or an *EventError
// that names the first event that cannot be folded; a panic in a handler counts
// as that. Events of known types without a handler are passed over, and so is what
// the store itself wrote, but for the ends of streams whose rows need not be
// looked for.
func (p Projection) Fold(decoded *Decoded, events []eventlog.Recorded) ([]sqldb.Statement, error) {
	return p.foldRun(decoded, events, nil)
}

func (p Projection) foldRun(decoded *Decoded, events []eventlog.Recorded, found descriptions) ([]sqldb.Statement, error) {
	batch, metas := p.newBatch(), metaReader{decoded: decoded}
	for i := range events {
		if err := p.fold(decoded, &metas, batch, &events[i], found); err != nil {
			return nil, &EventError{Event: events[i], Err: err}
		}
	}
	return batch.Statements(), nil
}

func (p Projection) fold(decoded *Decoded, metas *metaReader, b Batch, r *eventlog.Recorded, found descriptions) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("panic: %v", v)
		}
	}()
	switch {
	case isTombstone(r):
		p.foldEnd(b, r, found)
		return nil
	case r.IsOfStore():
		return nil
	}
	return p.foldOwn(decoded, metas, b, r)
}

// foldOwn folds an event of the product.
func (p Projection) foldOwn(decoded *Decoded, metas *metaReader, b Batch, r *eventlog.Recorded) error {
	name, known := decoded.registry.Becomes(r.Type)
	if !known {
		return fmt.Errorf("%w: %s", domain.ErrUnknownType, r.Type)
	}
	handle, wanted := p.handlers[name]
	handleEvery, wantsEvery := p.handlers[every]
	if !wanted && !wantsEvery {
		return nil
	}
	m, err := metas.of(r)
	if err != nil {
		return err
	}
	if wantsEvery {
		handleEvery(b, nil, m)
	}
	if !wanted {
		return nil
	}
	e, err := decoded.Event(r)
	if err != nil {
		return err
	}
	handle(b, e, m)
	return nil
}

// metaReader decodes metadata. What one command appended has the same for all
// events, or nearly all: it is decoded once.
type metaReader struct {
	decoded *Decoded
	text    []byte
	meta    domain.Meta
}

func (m *metaReader) of(r *eventlog.Recorded) (Meta, error) {
	if m.text == nil || !bytes.Equal(m.text, r.Metadata) {
		meta, err := m.decoded.Meta(r)
		if err != nil {
			m.text = nil
			return Meta{}, err
		}
		m.text, m.meta = r.Metadata, meta
	}
	return Meta{
		Meta: m.meta, ID: r.ID, Stream: r.Stream, Revision: r.Revision, Position: r.Position, RecordedAt: r.RecordedAt,
	}, nil
}
