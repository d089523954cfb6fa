// Package reader is what one person has read and does not want to hear of: a
// stream per person, so that opening a page never conflicts with posting a
// message. Numbers are those that the person sees: public ones for customer users.
package reader

import (
	"time"

	"github.com/google/uuid"

	"parley/domain"
)

// Event is something that a person did for themselves.
type Event interface {
	domain.Event
	apply(*Reader)
}

// Types is the manifest of the aggregate.
var Types = []domain.Type{
	domain.Of[ConversationRead](), domain.Of[AllRead](), domain.Of[ConversationMarkedUnread](),
	domain.Of[ConversationMuted](), domain.Of[ConversationUnmuted](),
}

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

// ConversationMarkedUnread moves the person's cursor in a conversation back, to
// just before the message From. OwnRead is what the person had read by writing
// until then: it counts no more, what they write later does.
type ConversationMarkedUnread struct {
	Organization string        `json:"organization"`
	Person       domain.Person `json:"person"`
	Conversation uuid.UUID     `json:"conversation"`
	From         int           `json:"from"`
	OwnRead      int           `json:"own_read,omitempty"`
	At           time.Time     `json:"at"`
}

// ConversationMuted says that the person wants no mail of a conversation while
// they take part for the time that Stay counts: 1 is the first, 2 the one after
// leaving and joining again. So leaving ends it.
type ConversationMuted struct {
	Organization string        `json:"organization"`
	Person       domain.Person `json:"person"`
	Conversation uuid.UUID     `json:"conversation"`
	Stay         int           `json:"stay"`
	At           time.Time     `json:"at"`
}

// ConversationUnmuted ends what ConversationMuted began.
type ConversationUnmuted struct {
	Organization string        `json:"organization"`
	Person       domain.Person `json:"person"`
	Conversation uuid.UUID     `json:"conversation"`
	At           time.Time     `json:"at"`
}

// EventType implements domain.Event.
func (ConversationRead) EventType() string { return "reader.conversation-read.v1" }

// EventType implements domain.Event.
func (AllRead) EventType() string { return "reader.all-read.v1" }

// EventType implements domain.Event.
func (ConversationMarkedUnread) EventType() string { return "reader.conversation-marked-unread.v1" }

// EventType implements domain.Event.
func (ConversationMuted) EventType() string { return "reader.conversation-muted.v1" }

// EventType implements domain.Event.
func (ConversationUnmuted) EventType() string { return "reader.conversation-unmuted.v1" }

// Reader is a person's cursors, by reading, and what they muted. A conversation
// that is not there has cursor 0 and is not muted.
type Reader struct {
	Cursors map[uuid.UUID]int
	// Rewound is what the person had read by writing when they last marked a
	// conversation unread; see [Reader.Cursor].
	Rewound map[uuid.UUID]int
	// Muted is the stay for which a conversation is muted; see [Reader.Mutes].
	Muted map[uuid.UUID]int
}

// Aggregate tells how readers are stored.
var Aggregate = domain.Aggregate[Reader, Event]{
	Name:    "reader",
	Types:   Types,
	Version: 3,
	Apply:   func(r *Reader, e Event) { e.apply(r) },
	Size:    func(r *Reader) int { return 128 + 48*(len(r.Cursors)+len(r.Rewound)+len(r.Muted)) },
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

func (e ConversationMarkedUnread) apply(r *Reader) {
	set(&r.Cursors, e.Conversation, e.From-1)
	set(&r.Rewound, e.Conversation, e.OwnRead)
}

func (e ConversationMuted) apply(r *Reader) { set(&r.Muted, e.Conversation, e.Stay) }

func (e ConversationUnmuted) apply(r *Reader) { delete(r.Muted, e.Conversation) }

func (r *Reader) move(id uuid.UUID, upTo int) { set(&r.Cursors, id, max(r.Cursors[id], upTo)) }

func set(in *map[uuid.UUID]int, id uuid.UUID, n int) {
	if *in == nil {
		*in = map[uuid.UUID]int{}
	}
	(*in)[id] = n
}
