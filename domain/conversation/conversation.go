package conversation

import (
	"slices"
	"time"

	"github.com/google/uuid"

	"parley/domain"
)

// Status is where a conversation stands in its workflow.
type Status string

// The statuses.
const (
	Active   Status = "active"
	IsClosed Status = "closed"
)

// Conversation is the state that decisions need and commands answer with. It
// stays small however long the conversation is: of the messages it keeps the
// counts and the last ones.
type Conversation struct {
	Organization string
	Name         string
	Status       Status
	Owner        string
	CustomerUser string
	Customer     string
	Source       *domain.Record
	Starter      domain.Person
	Import       *Import
	Contexts     []domain.Record // in the order of attachment
	Detached     []domain.Record // removed, so never attached again by themselves
	Participants []Participant   // in the order of joining, also those who left
	MessageCount int
	PublicCount  int
	Last         *Message // last of all messages
	LastPublic   *Message // last of those that customer users see
	Changes      Changes
	Events       int      // how many are folded: one more than the last one's revision
	Offsets      []Offset // how public numbers become numbers over all
	CreatedAt    time.Time
	UpdatedAt    time.Time
	// PublicUpdatedAt is UpdatedAt as customer users see it: not moved by
	// internal messages, participants or contexts.
	PublicUpdatedAt time.Time
	// Barred are the files that no message may have, whatever holds them.
	Barred  []uuid.UUID
	Deleted bool
	// Purged is final: all the rest is then as if nothing had ever happened, but
	// for the organization. That is empty too when it was removed, so that it is
	// there for nobody.
	Purged bool
	// IdleSince is when it was last started, written in (also internally),
	// reopened or restored: what inactivity counts from. Nothing else is activity.
	IdleSince time.Time
}

// Participant is a person who takes part, or did until Left. OwnRead is the
// number, in the person's own numbering, of the last message that the person
// wrote: what the read cursor is at least. Stay counts how often the person has
// joined.
type Participant struct {
	Person  domain.Person
	Left    bool
	OwnRead int
	Stay    int
}

// Aggregate tells how conversations are stored.
var Aggregate = domain.Aggregate[Conversation, Event]{
	Name:    "conversation",
	Types:   Types,
	Version: 6,
	Apply:   (*Conversation).fold,
	Copy:    (*Conversation).copy,
	Size:    (*Conversation).size,
	Final:   isFinal,
	Removed: func(found string, at time.Time) Event { return Removed{Reason: found, At: at} },
	Pass:    func(c *Conversation) { c.Events++ },
}

// Stream returns the name of a conversation's stream.
func Stream(id uuid.UUID) string { return domain.Stream(Aggregate.Name, id) }

// Exists reports whether the conversation was ever started, and not purged.
func (c *Conversation) Exists() bool { return c.Status != "" }

// Participant returns the person's part, if the person takes part now.
func (c *Conversation) Participant(p domain.Person) (Participant, bool) {
	i := c.participantIndex(p)
	if i < 0 || c.Participants[i].Left {
		return Participant{}, false
	}
	return c.Participants[i], true
}

// Count returns the number of messages that people of the kind can see.
func (c *Conversation) Count(k domain.Kind) int {
	if k == domain.KindCustomerUser {
		return c.PublicCount
	}
	return c.MessageCount
}

// LastOf returns the last message that people of the kind can see, or nil.
func (c *Conversation) LastOf(k domain.Kind) *Message {
	if k == domain.KindCustomerUser {
		return c.LastPublic
	}
	return c.Last
}

// HasContext reports whether the record is a context now.
func (c *Conversation) HasContext(r domain.Record) bool { return slices.Contains(c.Contexts, r) }

func (c *Conversation) participantIndex(p domain.Person) int {
	return slices.IndexFunc(c.Participants, func(q Participant) bool { return q.Person == p })
}

func (c *Conversation) copy() *Conversation {
	d := *c
	d.Contexts = slices.Clone(c.Contexts)
	d.Detached = slices.Clone(c.Detached)
	d.Participants = slices.Clone(c.Participants)
	d.Changes.Latest = slices.Clone(c.Changes.Latest)
	d.Offsets = slices.Clip(c.Offsets) // never changed, only added to
	d.Barred = slices.Clone(c.Barred)
	return &d
}

func (c *Conversation) size() int {
	n := 512 + len(c.Name) + 64*(len(c.Contexts)+len(c.Detached)+len(c.Participants)) +
		16*(len(c.Changes.Latest)+len(c.Barred)+cap(c.Offsets))
	for _, m := range []*Message{c.Last, c.LastPublic} {
		if m != nil {
			n += 256 + len(m.Body) + 64*len(m.Mentions) + 256*len(m.Attachments)
		}
	}
	return n
}
