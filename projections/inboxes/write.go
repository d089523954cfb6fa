package inboxes

import (
	"slices"

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
	addToCounters = `)
insert into inboxes.counters as k (organization, kind, person, unread)
select t.organization, t.kind, t.person, `
	upsertCounters = ` where true group by t.organization, t.kind, t.person
on conflict (organization, kind, person) do update set unread = k.unread + excluded.unread`

	// What goes counts no more; of what changes, the change counts.
	subtract = addToCounters + `-count(*) filter (where t.unread) from v join inboxes.threads t on` +
		ofConversations + upsertCounters
	settle = addToCounters + `count(*) filter (where ` + threadUnread + `) - count(*) filter (where t.unread)
from v join inboxes.threads t on`
	withConversations = ` left join inboxes.conversations c on c.organization = v.organization and c.conversation = v.conversation` + upsertCounters

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
  participant, starter, joined, stays, muted, read, read_at, own, own_at, own_public, rewound,
  cursor, count, sort_at, status, unread) values `
	insertOffsets = `insert into inboxes.offsets (organization, conversation, internal, public_number) values `
	keepOffsets   = ` on conflict (organization, conversation, internal) do nothing`

	// What is left of a purged conversation, table by table; at last the counters
	// of those who have nothing else.
	forgetThreads       = `delete from inboxes.threads where (organization, conversation) in (values `
	forgetOffsets       = `delete from inboxes.offsets where (organization, conversation) in (values `
	forgetConversations = `delete from inboxes.conversations where (organization, conversation) in (values `
	forgetCounters      = `delete from inboxes.counters as k where k.unread = 0 and not exists (
  select 1 from inboxes.threads t where t.organization = k.organization and t.kind = k.kind and t.person = k.person)`
	ofOrganizations = ` and k.organization in (`

	threadCount = `case when t.kind = 'customer_user'
    then coalesce(c.public_message_count, 0) else coalesce(c.message_count, 0) end`
	threadCursor = `case when t.own > coalesce(t.rewound, 0) and t.own > t.read then t.own else t.read end`
	threadUnread = `t.participant and not ` + absent + ` and ` + threadCursor + ` < ` + threadCount

	// One whose beginning is gone from the log is as good as deleted.
	absent = `coalesce(c.deleted, true)`

	// What follows from the rest of a thread and from the conversation.
	refreshed = `
update inboxes.threads as t set
  count = ` + threadCount + `,
  sort_at = coalesce(case when t.kind = 'customer_user' then c.public_last_at else c.last_at end, c.created_at, 0),
  status = case when ` + absent + ` then 'deleted' else c.status end,
  cursor = ` + threadCursor + `,
  unread = ` + threadUnread + `
from v join inboxes.conversations c on `
	refresh = `)` + refreshed + `c.organization = v.organization and c.conversation = v.conversation
where`
)

// The threads of a batch keep what it does not know. A participant of null is
// told apart by a statement of its own kind.
const (
	keepMarks = ` starter = t.starter or excluded.starter,
  stays = t.stays + excluded.stays, muted = coalesce(excluded.muted, t.muted),
  read_at = case when excluded.rewound is not null or excluded.read > t.read then excluded.read_at else t.read_at end,
  read = case when excluded.rewound is not null or excluded.read > t.read then excluded.read else t.read end,
  own_at = case when excluded.own > t.own then excluded.own_at else t.own_at end,
  own = case when excluded.own > t.own then excluded.own else t.own end,
  own_public = case when excluded.own_public > t.own_public then excluded.own_public else t.own_public end,
  rewound = coalesce(excluded.rewound, t.rewound)`
	upsertParts = ` on conflict (organization, conversation, kind, person) do update set
  participant = excluded.participant,
  joined = case when t.joined > 0 then t.joined else excluded.joined end,` + keepMarks
	upsertReads = ` on conflict (organization, conversation, kind, person) do update set` + keepMarks
)

// Statements forgets what was removed or purged, taking it off the counters, and writes
// conversations and threads; then it brings the counters up to what the touched
// threads are about to be, and the threads to that.
func (b *batch) Statements() []sqldb.Statement {
	conversations, single, purged := b.touched()
	out := b.forgotten()
	out = append(out, projections.Rows(touchedConversations, conversationValues, subtract, purged)...)
	for _, forget := range []string{forgetThreads, forgetOffsets, forgetConversations} {
		out = append(out, projections.Rows(forget, "(?, ?)", ")", purged)...)
	}
	out = append(out, b.rows()...)
	out = append(out, projections.Rows(touchedConversations, conversationValues, settle+ofConversations+withConversations, conversations)...)
	out = append(out, projections.Rows(touchedThreads, threadValues, settle+ofThreads+withConversations, single)...)
	out = append(out, projections.Rows(touchedConversations, conversationValues, refresh+ofConversations, conversations)...)
	out = append(out, projections.Rows(touchedThreads, threadValues, refresh+ofThreads, single)...)
	return append(out, projections.Rows(forgetCounters+ofOrganizations, "?", ")", organizations(purged))...)
}

// touched returns the conversations whose threads all change, the threads that
// change alone, and the conversations that go; no thread is in the first two.
func (b *batch) touched() (conversations, single, purged [][]any) {
	for k := range b.conversations.All() {
		conversations = append(conversations, []any{k.organization, k.conversation})
	}
	for k := range b.threads.All() {
		if !b.conversations.Has(k.key) {
			single = append(single, []any{k.organization, k.conversation, string(k.person.Kind), k.person.ID})
		}
	}
	for k := range b.purged.All() {
		purged = append(purged, []any{k.organization, k.conversation})
	}
	return conversations, single, purged
}

// organizations returns those of conversations, each once.
func organizations(conversations [][]any) (out [][]any) {
	for _, c := range conversations {
		if !slices.ContainsFunc(out, func(o []any) bool { return o[0] == c[0] }) {
			out = append(out, c[:1])
		}
	}
	return out
}

func (b *batch) rows() []sqldb.Statement {
	var conversations, parts, reads, offsets [][]any
	for k, c := range b.conversations.All() {
		conversations = append(conversations, []any{
			k.organization, k.conversation, c.status, c.deleted,
			c.createdAt, c.count, c.publicCount, c.lastAt, c.publicLastAt,
		})
	}
	for k, p := range b.threads.All() {
		if p.participant == nil {
			reads = append(reads, p.row(k, false))
		} else {
			parts = append(parts, p.row(k, *p.participant))
		}
	}
	for k, public := range b.offsets.All() {
		offsets = append(offsets, []any{k.organization, k.conversation, k.internal, *public})
	}
	const values = "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0, 0, '', false)"
	out := projections.Rows(insertConversations, "(?, ?, ?, ?, ?, ?, ?, ?, ?)", upsertConversations, conversations)
	out = append(out, projections.Rows(insertThreads, values, upsertParts, parts)...)
	out = append(out, projections.Rows(insertThreads, values, upsertReads, reads)...)
	return append(out, projections.Rows(insertOffsets, "(?, ?, ?, ?)", keepOffsets, offsets)...)
}

func (p *part) row(k threadKey, participant bool) []any {
	return []any{
		k.organization, k.conversation, string(k.person.Kind), k.person.ID, participant, p.starter, p.joined, p.stays, p.muted,
		p.read.number, p.read.at, p.own.number, p.own.at, p.ownPublic.number, p.rewound,
	}
}
