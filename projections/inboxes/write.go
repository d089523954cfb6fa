package inboxes

import (
	"parley/domain/sqldb"
	"parley/projections"
)

// The threads that a batch touches: all of a conversation, or single ones.
const (
	touchedConversations = `with v (organization, conversation) as (values `
	conversationValues   = "(cast(? as text), cast(? as text))"
	ofConversations      = ` t.organization = v.organization and t.conversation = v.conversation`

	touchedThreads = `with v (organization, conversation, kind, person) as (values `
	threadValues   = "(cast(? as text), cast(? as text), cast(? as text), cast(? as text))"
	ofThreads      = ofConversations + ` and t.kind = v.kind and t.person = v.person`
)

const (
	subtract = `)
insert into inboxes.counters as k (organization, kind, person, unread)
select t.organization, t.kind, t.person, -count(*) filter (where t.unread) from v join inboxes.threads t on`
	add = `)
insert into inboxes.counters as k (organization, kind, person, unread)
select t.organization, t.kind, t.person, count(*) filter (where t.unread) from v join inboxes.threads t on`
	upsertCounters = ` where true group by t.organization, t.kind, t.person
on conflict (organization, kind, person) do update set unread = k.unread + excluded.unread`

	insertConversations = `insert into inboxes.conversations as c (organization, conversation, status, deleted,
  created_at, message_count, public_message_count, last_at, public_last_at) values `
	upsertConversations = ` on conflict (organization, conversation) do update set
  status = coalesce(excluded.status, c.status), deleted = coalesce(excluded.deleted, c.deleted),
  created_at = coalesce(excluded.created_at, c.created_at),
  message_count = coalesce(excluded.message_count, c.message_count),
  public_message_count = coalesce(excluded.public_message_count, c.public_message_count),
  last_at = coalesce(excluded.last_at, c.last_at),
  public_last_at = coalesce(excluded.public_last_at, c.public_last_at)`

	insertThreads = `insert into inboxes.threads as t (organization, conversation, kind, person,
  participant, starter, joined, cursor, count, sort_at, status, unread) values `

	refresh = `)
update inboxes.threads as t set
  count = case when t.kind = 'customer_user'
    then coalesce(c.public_message_count, 0) else coalesce(c.message_count, 0) end,
  sort_at = case when t.kind = 'customer_user'
    then coalesce(c.public_last_at, c.created_at) else coalesce(c.last_at, c.created_at) end,
  status = case when c.deleted then 'deleted' else c.status end,
  unread = t.participant and not c.deleted and t.cursor < case when t.kind = 'customer_user'
    then coalesce(c.public_message_count, 0) else coalesce(c.message_count, 0) end
from v join inboxes.conversations c on c.organization = v.organization and c.conversation = v.conversation
where`
)

// upsertThreads keeps what the batch does not know. A participant of null is
// told apart by a statement of its own kind.
const (
	upsertParts = ` on conflict (organization, conversation, kind, person) do update set
  participant = excluded.participant,
  starter = t.starter or excluded.starter,
  joined = case when t.joined > 0 then t.joined else excluded.joined end,
  cursor = case when t.cursor > excluded.cursor then t.cursor else excluded.cursor end`
	upsertReads = ` on conflict (organization, conversation, kind, person) do update set
  starter = t.starter or excluded.starter,
  cursor = case when t.cursor > excluded.cursor then t.cursor else excluded.cursor end`
)

// Statements takes the touched threads' contributions off the counters, writes
// conversations and threads, and adds the contributions again.
func (b *batch) Statements() []sqldb.Statement {
	conversations, single := b.touched()
	out := projections.Rows(touchedConversations, conversationValues, subtract+ofConversations+upsertCounters, conversations)
	out = append(out, projections.Rows(touchedThreads, threadValues, subtract+ofThreads+upsertCounters, single)...)
	out = append(out, b.rows()...)
	out = append(out, projections.Rows(touchedConversations, conversationValues, refresh+ofConversations, conversations)...)
	out = append(out, projections.Rows(touchedThreads, threadValues, refresh+ofThreads, single)...)
	out = append(out, projections.Rows(touchedConversations, conversationValues, add+ofConversations+upsertCounters, conversations)...)
	return append(out, projections.Rows(touchedThreads, threadValues, add+ofThreads+upsertCounters, single)...)
}

// touched returns the conversations whose threads all change, and the threads
// that change alone; no thread is in both.
func (b *batch) touched() (conversations, single [][]any) {
	for k := range b.conversations.All() {
		conversations = append(conversations, []any{k.organization, k.conversation})
	}
	for k := range b.threads.All() {
		if !b.conversations.Has(k.key) {
			single = append(single, []any{k.organization, k.conversation, string(k.person.Kind), k.person.ID})
		}
	}
	return conversations, single
}

func (b *batch) rows() []sqldb.Statement {
	var conversations, parts, reads [][]any
	for k, c := range b.conversations.All() {
		conversations = append(conversations, []any{
			k.organization, k.conversation, c.status, c.deleted,
			c.createdAt, c.count, c.publicCount, c.lastAt, c.publicLastAt,
		})
	}
	for k, p := range b.threads.All() {
		row := []any{k.organization, k.conversation, string(k.person.Kind), k.person.ID}
		if p.participant == nil {
			reads = append(reads, append(row, false, p.starter, 0, p.cursor))
		} else {
			parts = append(parts, append(row, *p.participant, p.starter, p.joined, p.cursor))
		}
	}
	const values = "(?, ?, ?, ?, ?, ?, ?, ?, 0, 0, '', false)"
	out := projections.Rows(insertConversations, "(?, ?, ?, ?, ?, ?, ?, ?, ?)", upsertConversations, conversations)
	out = append(out, projections.Rows(insertThreads, values, upsertParts, parts)...)
	return append(out, projections.Rows(insertThreads, values, upsertReads, reads)...)
}
