// Package inboxes is the read model of what people have to read: for each person
// and conversation the part taken, the read cursor and whether there is more
// behind it, and for each person the number of unread conversations.
//
// Counters are exact under any batching: what the touched threads contributed is
// taken off, the threads are written, what they contribute now is added, all in
// one transaction and set by set. Cursors never go back; a person who left and
// joins again has the old one.
package inboxes

import (
	_ "embed"

	"github.com/google/uuid"

	"parley/domain"
	"parley/domain/conversation"
	"parley/domain/reader"
	"parley/projections"
)

//go:embed schema.sql
var schema string

// Projection is the read model inboxes.
var Projection = projections.Define("inboxes", 1, schema, func() *batch { return &batch{} },
	projections.On((*batch).started),
	projections.On((*batch).participantJoined), projections.On((*batch).participantLeft),
	projections.On((*batch).messageAdded),
	projections.On((*batch).closed), projections.On((*batch).reopened),
	projections.On((*batch).deleted), projections.On((*batch).restored),
	projections.On((*batch).conversationRead), projections.On((*batch).allRead),
)

func (b *batch) started(e conversation.Started, m projections.Meta) {
	c, created := b.conversation(m), projections.Micros(e.At)
	c.createdAt = &created
	c.setStatus(conversation.Active)
	c.setDeleted(false)
	if e.Starter.Kind.IsPerson() {
		b.thread(m, m.AggregateID(), e.Starter).starter = true
	}
}

func (b *batch) participantJoined(e conversation.ParticipantJoined, m projections.Meta) {
	t := b.thread(m, m.AggregateID(), e.Person)
	t.setParticipant(true)
	if t.joined == 0 {
		t.joined = int64(m.Revision) + 1
	}
}

func (b *batch) participantLeft(e conversation.ParticipantLeft, m projections.Meta) {
	b.thread(m, m.AggregateID(), e.Person).setParticipant(false)
}

func (b *batch) messageAdded(e conversation.MessageAdded, m projections.Meta) {
	c, at := b.conversation(m), projections.Micros(e.At)
	number, public := int64(e.Number), int64(e.PublicNumber)
	c.count, c.lastAt = &number, &at
	if !e.Internal {
		c.publicCount, c.publicLastAt = &public, &at
	}
	switch e.Author.Kind {
	case domain.KindUser:
		b.thread(m, m.AggregateID(), e.Author).read(number)
	case domain.KindCustomerUser:
		b.thread(m, m.AggregateID(), e.Author).read(public)
	}
}

func (b *batch) closed(_ conversation.Closed, m projections.Meta) {
	b.conversation(m).setStatus(conversation.IsClosed)
}

func (b *batch) reopened(_ conversation.Reopened, m projections.Meta) {
	b.conversation(m).setStatus(conversation.Active)
}

func (b *batch) deleted(_ conversation.Deleted, m projections.Meta) {
	b.conversation(m).setDeleted(true)
}

func (b *batch) restored(_ conversation.Restored, m projections.Meta) {
	b.conversation(m).setDeleted(false)
}

func (b *batch) conversationRead(e reader.ConversationRead, m projections.Meta) {
	b.thread(m, e.Conversation, e.Person).read(int64(e.UpTo))
}

func (b *batch) allRead(e reader.AllRead, m projections.Meta) {
	for _, mark := range e.Marks {
		b.thread(m, mark.Conversation, e.Person).read(int64(mark.UpTo))
	}
}

func (b *batch) conversation(m projections.Meta) *change {
	return b.conversations.Of(key{m.Organization, m.AggregateID().String()})
}

func (b *batch) thread(m projections.Meta, id uuid.UUID, p domain.Person) *part {
	return b.threads.Of(threadKey{key{m.Organization, id.String()}, p})
}
