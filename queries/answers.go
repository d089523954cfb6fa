package queries

import (
	"time"

	"github.com/google/uuid"

	"parley/domain"
	"parley/domain/access"
	"parley/domain/attachment"
	"parley/domain/conversation"
)

// Person is a person with the name to show: the last one known, also of people
// that were removed, or the id.
type Person struct {
	domain.Person
	Name string
}

// Customer is a customer company with the name to show.
type Customer struct {
	ID   string
	Name string
}

// Record is a business record, or a person as a context, with the label to
// show. URL is empty when there is none or the actor may not follow it.
type Record struct {
	domain.Record
	Label string
	URL   string
}

// Participant is a person who takes part now. ReadUpTo is the number of the last
// message that the person has read, in the actor's numbering.
type Participant struct {
	Person   Person
	ReadUpTo int
	Muted    bool
}

// Message is a message as the actor sees it: a customer user gets the public
// number and no Author. EditedAt is nil for one that was never edited; a redacted
// one has no Body.
type Message struct {
	ID       uuid.UUID
	Number   int
	Body     string
	From     Person
	Author   *Person
	Internal bool
	At       time.Time
	EditedAt *time.Time
	Redacted bool
	// Attachments are those that the actor may download.
	Attachments attachment.Files
}

// ConversationResult is a conversation as the actor sees it. Revision must not
// be shown to customer users: it moves with internal notes.
type ConversationResult struct {
	ID           uuid.UUID
	Name         string
	Status       conversation.Status
	Owner        Person
	CustomerUser Person
	Customer     Customer
	Source       *Record
	Contexts     []Record
	Participants []Participant
	MessageCount int
	LastMessage  *Message
	Unread       int
	Mine         bool
	CreatedAt    time.Time
	UpdatedAt    time.Time
	Revision     int64
	Actions      []access.Action
}

// ConversationListResult is one page of conversations. NextCursor is empty at
// the end.
type ConversationListResult struct {
	Items      []ConversationResult
	NextCursor string
}
