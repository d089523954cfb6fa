package conversation

import (
	"slices"
	"time"

	"parley/domain"
	"parley/domain/attachment"
)

// Message is a message as it stands. EditedAt is nil for one that was never
// edited, or is redacted: body and attachments are empty then. Mentions are all people whom
// it has mentioned so far, whatever it says now.
type Message struct {
	Number       int
	PublicNumber int
	Body         string
	From         domain.Person
	Author       domain.Person
	Internal     bool
	Mentions     []domain.Person
	At           time.Time
	EditedAt     *time.Time
	Redacted     bool
	Attachments  attachment.Files
}

// NumberFor returns the message's number in the numbering of people of the kind,
// 0 where they cannot see it.
func (m Message) NumberFor(k domain.Kind) int {
	if k == domain.KindCustomerUser {
		return m.PublicNumber
	}
	return m.Number
}

// Message returns the message as it was added.
func (e MessageAdded) Message() Message {
	return Message{
		Number: e.Number, PublicNumber: e.PublicNumber, Body: e.Body,
		From: e.From, Author: e.Author, Internal: e.Internal, Mentions: e.Mentions, At: e.At, Attachments: e.Attachments,
	}
}

// MessageChange is an event that changes a message that is there.
type MessageChange interface {
	Event
	// Of returns the message's number over all.
	Of() int
	// To returns the message as the change leaves it, whatever changed it before.
	To(Message) Message
}

// Of implements MessageChange.
func (e MessageEdited) Of() int { return e.Number }

// To implements MessageChange.
func (e MessageEdited) To(m Message) Message {
	m.Body, m.EditedAt = e.Body, &e.At
	m.Mentions = slices.Concat(e.Mentioned, e.Mentions)
	return m
}

// Of implements MessageChange.
func (e MessageRedacted) Of() int { return e.Number }

// To implements MessageChange.
func (e MessageRedacted) To(m Message) Message {
	m.Body, m.Attachments, m.EditedAt, m.Redacted = "", nil, nil, true
	return m
}
