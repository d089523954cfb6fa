package commands

import (
	"time"

	"github.com/google/uuid"

	"parley/domain"
	"parley/domain/access"
	"parley/domain/attachment"
	"parley/domain/conversation"
	"parley/domain/eventlog"
)

// Done is the answer of a command that shows nothing. Position is one from which
// on its effect is visible.
type Done struct{ Position eventlog.Position }

// NamedPerson is a person with the name to show: the last one known, also of
// people that were removed, or the id.
type NamedPerson struct {
	domain.Person
	Name string
}

// NamedCustomer is a customer with the name to show; both are empty where there
// is none.
type NamedCustomer struct{ ID, Name string }

// NamedRecord is a record, or a person as a context, with the label to show. URL
// is empty when there is none, the record was removed, or the actor may not
// follow it.
type NamedRecord struct {
	domain.Record
	Label string
	URL   string
}

// ParticipantAnswer is a person who takes part now. ReadUpTo is the number of
// the last message that the person has read, in the actor's numbering.
type ParticipantAnswer struct {
	Person   NamedPerson
	ReadUpTo int
	Muted    bool
}

// MessageAnswer is a message as the actor sees it: a customer user gets the
// public number and no Author. A redacted one has no Body. Position is that of the command, and 0 within a
// [ConversationAnswer].
type MessageAnswer struct {
	ID       uuid.UUID
	Number   int
	Body     string
	From     NamedPerson
	Author   *NamedPerson
	Internal bool
	At       time.Time
	EditedAt *time.Time
	Redacted bool
	// Attachments are those that the actor may download.
	Attachments attachment.Files
	Position    eventlog.Position
}

// ConversationAnswer is a conversation as the actor sees it, with the fields of
// the query that reads it. Revision must not be shown to customer users: it
// moves with internal notes.
type ConversationAnswer struct {
	ID           uuid.UUID
	Name         string
	Status       conversation.Status
	Owner        NamedPerson
	CustomerUser NamedPerson
	Customer     NamedCustomer
	Source       *NamedRecord
	Contexts     []NamedRecord
	Participants []ParticipantAnswer
	MessageCount int
	LastMessage  *MessageAnswer
	Unread       int
	Mine         bool
	CreatedAt    time.Time
	UpdatedAt    time.Time
	Revision     eventlog.Revision
	Actions      []access.Action
	Position     eventlog.Position
}
