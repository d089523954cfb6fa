// Package inboxes is the read model of what people have to read: for each person
// and conversation the part taken, the read cursor and whether there is more
// behind it, and for each person the number of unread conversations.
//
// Counters are exact under any batching: what the touched threads contribute is
// compared with what they will, and the difference added, all in one transaction
// and set by set. A cursor is how far the person has read or
// written; only marking unread moves it back, and what was written before then
// counts no more. A person who left and joins again has the old one.
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
var Projection = projections.Define("inboxes", 2, schema, func() *batch { return &batch{} },
	projections.On((*batch).started),
	projections.On((*batch).participantJoined), projections.On((*batch).participantLeft),
	projections.On((*batch).messageAdded),
	projections.On((*batch).closed), projections.On((*batch).reopened),
	projections.On((*batch).deleted), projections.On((*batch).restored),
	projections.OnLast((*batch).purge), projections.OnLast((*batch).removed),
	projections.OnTombstone(conversation.Aggregate.Name, (*batch).remove),
	projections.On((*batch).conversationRead), projections.On((*batch).allRead),
	projections.On((*batch).markedUnread), projections.On((*batch).muted), projections.On((*batch).unmuted),
	projections.OnTombstoneOf(reader.Aggregate.Name, readers, (*batch).readerEnded),
)

// readers finds whose reading a stream was about.
var readers = projections.Described{
	Rows: `select distinct organization, kind, person from inboxes.threads`, Columns: 3,
	Stream: func(c []string) string {
		return reader.Stream(c[0], domain.Person{Kind: domain.Kind(c[1]), ID: c[2]})
	},
}

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
	t.stays++
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
	if !e.Internal && number > public {
		b.shift(m, public, number-public)
	}
	if !e.Author.Kind.IsPerson() {
		return
	}
	t := b.thread(m, m.AggregateID(), e.Author)
	if e.Author.Kind == domain.KindCustomerUser {
		t.own.raise(public, at)
		return
	}
	t.own.raise(number, at)
	if !e.Internal {
		t.ownPublic.raise(number, at)
	}
}

// shift notes how many internal messages stand before a public one. The first
// one that has as many before it is what is kept.
func (b *batch) shift(m projections.Meta, public, internal int64) {
	if first := b.offsets.Of(offsetKey{b.key(m), internal}); *first == 0 {
		*first = public
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

// purge forgets what the batch knows of the conversation, too.
func (b *batch) purge(_ conversation.Purged, m projections.Meta) {
	gone := b.key(m)
	b.conversations.Drop(func(k key) bool { return k == gone })
	b.threads.Drop(func(k threadKey) bool { return k.key == gone })
	b.offsets.Drop(func(k offsetKey) bool { return k.key == gone })
	b.purged.Of(gone)
}

func (b *batch) removed(_ conversation.Removed, m projections.Meta) { b.remove(m) }

// remove is purge where only the conversation's id is known.
func (b *batch) remove(m projections.Meta) {
	id := m.Aggregate()
	b.conversations.Drop(func(k key) bool { return k.conversation == id })
	b.threads.Drop(func(k threadKey) bool { return k.conversation == id })
	b.offsets.Drop(func(k offsetKey) bool { return k.conversation == id })
	b.removals.Of(id)
}

// readerEnded forgets what somebody has read and muted.
func (b *batch) readerEnded(c []string, _ projections.Meta) {
	b.readers.Of(readerKey{c[0], domain.Person{Kind: domain.Kind(c[1]), ID: c[2]}})
}

func (b *batch) conversationRead(e reader.ConversationRead, m projections.Meta) {
	b.thread(m, e.Conversation, e.Person).read.raise(int64(e.UpTo), projections.Micros(e.At))
}

func (b *batch) allRead(e reader.AllRead, m projections.Meta) {
	for _, mark := range e.Marks {
		b.thread(m, mark.Conversation, e.Person).read.raise(int64(mark.UpTo), projections.Micros(e.At))
	}
}

func (b *batch) markedUnread(e reader.ConversationMarkedUnread, m projections.Meta) {
	b.thread(m, e.Conversation, e.Person).rewind(int64(e.From)-1, int64(e.OwnRead), projections.Micros(e.At))
}

func (b *batch) muted(e reader.ConversationMuted, m projections.Meta) {
	b.thread(m, e.Conversation, e.Person).setMuted(int64(e.Stay))
}

func (b *batch) unmuted(e reader.ConversationUnmuted, m projections.Meta) {
	b.thread(m, e.Conversation, e.Person).setMuted(0)
}

func (b *batch) key(m projections.Meta) key { return key{m.Organization, m.Aggregate()} }

func (b *batch) conversation(m projections.Meta) *change { return b.conversations.Of(b.key(m)) }

func (b *batch) thread(m projections.Meta, id uuid.UUID, p domain.Person) *part {
	return b.threads.Of(threadKey{key{m.Organization, id.String()}, p})
}
