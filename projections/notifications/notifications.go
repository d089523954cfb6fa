// Package notifications is the read model of what people are told: whom a
// message may have to be told to, which messages wait for a decision, and every
// delivery with its state.
//
// A message waits for a decision only if it came while the notifier was
// running, and not through an import; its decision takes it from the queue, and
// so does a restoration of the log from a backup, which also ends every delivery
// that is owed. So a rebuild ends with the same queue, and nothing is decided
// twice or afterwards, nor where the stream of the decision is gone.
package notifications

import (
	_ "embed"
	"time"

	"parley/domain"
	"parley/domain/conversation"
	"parley/domain/directory"
	"parley/domain/notification"
	"parley/domain/reader"
	"parley/domain/sqldb"
	"parley/projections"
)

//go:embed schema.sql
var schema string

// Name is the projection's name and schema.
const Name = "notifications"

// Projection is the read model.
var Projection = projections.Define(Name, 5, schema, newBatch,
	projections.On((*batch).personMirrored),
	projections.On((*batch).personRemoved),
	projections.On((*batch).joined),
	projections.On((*batch).left),
	projections.On((*batch).muted),
	projections.On((*batch).unmuted),
	projections.OnLast((*batch).purged),
	projections.OnLast((*batch).removed),
	projections.OnTombstone(conversation.Aggregate.Name, (*batch).remove),
	projections.On((*batch).messageAdded),
	projections.On((*batch).messageEdited),
	projections.On((*batch).resumed),
	projections.On((*batch).paused),
	projections.On((*batch).restored),
	projections.On((*batch).decided),
	projections.On((*batch).attemptStarted),
	projections.On((*batch).sent),
	projections.On((*batch).attemptFailed),
	projections.On((*batch).dropped),
	projections.OnTombstone(notification.NotifierAggregate.Name, (*batch).switchEnded),
	projections.OnTombstoneOf(notification.Aggregate.Name, decisions, (*batch).decisionEnded),
	projections.OnTombstoneOf(directory.People.Name, people, (*batch).personEnded),
	projections.OnTombstoneOf(reader.Aggregate.Name, readers, (*batch).readerEnded),
)

// batch keeps the statements in the order of the events: whether a message is
// queued depends on the switch as it stood then.
type batch struct {
	statements []sqldb.Statement
	people     rows
	members    projections.Changes[memberKey, member]
	queued     rows
	messages   rows
	mentions   rows
}

func newBatch() *batch { return &batch{} }

// Statements implements projections.Batch.
func (b *batch) Statements() []sqldb.Statement {
	b.flushQueued()
	all := b.people.upsert(upsertPerson)
	all = append(all, b.memberRows()...)
	return append(all, b.statements...)
}

func (b *batch) personMirrored(e directory.PersonMirrored, _ projections.Meta) {
	b.people.set(personKey(e.Organization, e.Kind, e.ID),
		e.Organization, string(e.Kind), e.ID, e.Email, e.Locale, true, e.Enabled)
}

func (b *batch) personRemoved(e directory.PersonRemoved, _ projections.Meta) {
	b.people.set(personKey(e.Organization, e.Kind, e.ID),
		e.Organization, string(e.Kind), e.ID, "", "", false, false)
}

func (b *batch) messageAdded(e conversation.MessageAdded, m projections.Meta) {
	b.queue(m, e, e.Author, e.From, e.Internal, e.At)
	b.mention(m, e.Mentions)
}

// messageEdited has somebody told only whom the message did not mention before.
// Who edits is the author.
func (b *batch) messageEdited(e conversation.MessageEdited, m projections.Meta) {
	if len(e.Mentions) > 0 {
		b.queue(m, e, m.Actor, m.Actor, e.Internal, e.At)
		b.mention(m, e.Mentions)
	}
}

func (b *batch) queue(m projections.Meta, e domain.Event, author, from domain.Person, internal bool, at time.Time) {
	if m.Channel == domain.ChannelImport {
		return
	}
	id, about := m.ID.String(), m.Aggregate()
	b.queued.set(id, id, int64(m.Position), e.EventType(), m.Organization, about, int64(m.Revision),
		string(author.Kind), author.ID, string(from.Kind), from.ID, internal, at.UnixMicro())
	b.messages.set(id, id, about, int64(m.Revision))
}

func (b *batch) mention(m projections.Meta, people []domain.Person) {
	if m.Channel == domain.ChannelImport {
		return
	}
	for _, p := range people {
		b.mentions.set(m.ID.String()+" "+p.String(), m.ID.String(), string(p.Kind), p.ID)
	}
}

func (b *batch) resumed(_ notification.Resumed, _ projections.Meta) { b.turn(true) }

func (b *batch) paused(_ notification.Paused, _ projections.Meta) { b.turn(false) }

// restored empties the queue and ends what is owed.
func (b *batch) restored(e notification.Restored, _ projections.Meta) {
	b.flushQueued()
	b.add(forgetQueued)
	b.add(emptyQueue)
	b.add(emptyMentions)
	b.add(dropOwed, string(notification.GivenUp), string(notification.ReasonRestored), e.At.UnixMicro())
}

func (b *batch) turn(running bool) {
	b.flushQueued()
	b.add(turnSwitch, switchName, running)
}

// flushQueued puts the messages so far into the queue, if the switch as it
// stands by the statements so far lets them.
func (b *batch) flushQueued() {
	b.statements = append(b.statements, b.queued.upsert(queueMessage)...)
	b.statements = append(b.statements, b.messages.upsert(keepMessage)...)
	b.statements = append(b.statements, b.mentions.upsert(keepMention)...)
	b.queued, b.messages, b.mentions = rows{}, rows{}, rows{}
}

func (b *batch) add(sql string, args ...any) {
	b.statements = append(b.statements, sqldb.Statement{SQL: sql, Args: args})
}

func personKey(organization string, kind domain.Kind, id string) string {
	return organization + "\x00" + string(kind) + "\x00" + id
}
