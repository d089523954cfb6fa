// Package reader is what one person has read: a stream per person, so that
// opening a page never conflicts with posting a message. Numbers are those that
// the person sees: public ones for customer users.
package reader

import (
	"time"

	"github.com/google/uuid"

	"parley/domain"
)

// Event is something that a person read.
type Event interface {
	domain.Event
	apply(*Reader)
}

// Types is the manifest of the aggregate.
var Types = []domain.Type{domain.Of[ConversationRead](), domain.Of[AllRead]()}

// ConversationRead moves the person's cursor in a conversation forward.
type ConversationRead struct {
	Organization string        `json:"organization"`
	Person       domain.Person `json:"person"`
	Conversation uuid.UUID     `json:"conversation"`
	UpTo         int           `json:"up_to"`
	At           time.Time     `json:"at"`
}

// AllRead moves the person's cursors in many conversations forward at once.
type AllRead struct {
	Organization string        `json:"organization"`
	Person       domain.Person `json:"person"`
	Marks        []Mark        `json:"marks"`
	At           time.Time     `json:"at"`
}

// Mark is a cursor in one conversation.
type Mark struct {
	Conversation uuid.UUID `json:"conversation"`
	UpTo         int       `json:"up_to"`
}

// EventType implements domain.Event.
func (ConversationRead) EventType() string { return "reader.conversation-read.v1" }

// EventType implements domain.Event.
func (AllRead) EventType() string { return "reader.all-read.v1" }

// Reader is a person's cursors. A conversation that is not there has cursor 0.
type Reader struct {
	Cursors map[uuid.UUID]int
}

// Aggregate tells how readers are stored.
var Aggregate = domain.Aggregate[Reader, Event]{
	Name:    "reader",
	Types:   Types,
	Version: 1,
	Apply:   func(r *Reader, e Event) { e.apply(r) },
	Size:    func(r *Reader) int { return 128 + 48*len(r.Cursors) },
}

// ID returns the id of a person's reader stream.
func ID(organization string, p domain.Person) uuid.UUID {
	return domain.DeriveID(organization, string(p.Kind), p.ID)
}

// Stream returns the name of a person's reader stream.
func Stream(organization string, p domain.Person) string {
	return domain.Stream(Aggregate.Name, ID(organization, p))
}

func (e ConversationRead) apply(r *Reader) { r.move(e.Conversation, e.UpTo) }

func (e AllRead) apply(r *Reader) {
	for _, m := range e.Marks {
		r.move(m.Conversation, m.UpTo)
	}
}

func (r *Reader) move(id uuid.UUID, upTo int) {
	if r.Cursors == nil {
		r.Cursors = map[uuid.UUID]int{}
	}
	r.Cursors[id] = max(r.Cursors[id], upTo)
}
