package timelines

import (
	"parley/domain"
	"parley/domain/sqldb"
	"parley/projections"
)

type key struct{ organization, conversation string }

type activityKey struct {
	key
	record domain.Record
}

// change is what a batch changes of a conversation. Times and counts only grow,
// so zero changes nothing; a nil deleted doesn't either.
type change struct {
	updatedAt, publicUpdatedAt int64
	count, publicCount         int64
	deleted                    *bool
}

func (c *change) hide(deleted bool) { c.deleted = &deleted }

type messageKey struct {
	key
	number int
}

// rewrite is what a changed message says.
type rewrite struct {
	body     string
	editedAt int64
	redacted bool
}

type batch struct {
	conversations projections.Changes[key, change]
	activities    projections.Changes[activityKey, bool]
	messages      [][]any
	rewrites      projections.Changes[messageKey, rewrite]
	purged        projections.Changes[key, struct{}]
	removals      projections.Changes[string, int64] // when, of any organization
	attachments   [][]any
}

const (
	insertConversations = `insert into timelines.conversations as c
  (organization, conversation, updated_at, public_updated_at, message_count, public_message_count, deleted) values `
	upsertConversations = ` on conflict (organization, conversation) do update set
  updated_at = case when excluded.updated_at > c.updated_at then excluded.updated_at else c.updated_at end,
  public_updated_at = case when excluded.public_updated_at > c.public_updated_at
    then excluded.public_updated_at else c.public_updated_at end,
  message_count = case when excluded.message_count > 0 then excluded.message_count else c.message_count end,
  public_message_count = case when excluded.public_message_count > 0
    then excluded.public_message_count else c.public_message_count end,
  deleted = coalesce(excluded.deleted, c.deleted)`

	insertActivities = `insert into timelines.activities
  (organization, conversation, type, id, attached, updated_at, public_updated_at, shown) values `
	upsertActivities = ` on conflict (organization, conversation, type, id) do update set attached = excluded.attached`

	// The activities of every conversation of the batch follow it.
	refreshActivities = `with v (organization, conversation) as (values `
	refreshTail       = `)
update timelines.activities as a set
  updated_at = c.updated_at, public_updated_at = c.public_updated_at,
  shown = a.attached and not coalesce(c.deleted, true)
from v join timelines.conversations c on c.organization = v.organization and c.conversation = v.conversation
where a.organization = c.organization and a.conversation = c.conversation`

	forgetConversations = `delete from timelines.conversations where (organization, conversation) in (values `
	forgetActivities    = `delete from timelines.activities where (organization, conversation) in (values `
	forgetMessages      = `delete from timelines.messages where (organization, conversation) in (values `
	forgetAttachments   = `delete from timelines.attachments where (organization, conversation) in (values `

	insertMessages = `insert into timelines.messages (organization, conversation, number, public_number, body,
  from_kind, from_id, author_kind, author_id, internal, at, attachments, edited_at, redacted) values `

	// A message is always there before it is changed.
	rewriteMessages = `with v (organization, conversation, number, body, edited_at, redacted) as (values `
	rewriteRow      = `(cast(? as text), cast(? as text), cast(? as bigint), cast(? as text), cast(? as bigint), cast(? as boolean))`
	rewriteTail     = `)
update timelines.messages as m set body = v.body, edited_at = v.edited_at, redacted = v.redacted,
  attachments = case when v.redacted then '' else m.attachments end
from v where m.organization = v.organization and m.conversation = v.conversation and m.number = v.number`

	insertAttachments = `insert into timelines.attachments (organization, conversation, attachment, number) values `
)

// What is left of a removed conversation: that it was shown on a record.
const (
	keepShown = `delete from timelines.activities where not shown
  and (organization, conversation) in (select organization, conversation from v)`
	noteRemoved = `update timelines.activities as a set updated_at = -v.at, public_updated_at = -v.at
from v where a.organization = v.organization and a.conversation = v.conversation and a.updated_at > 0`
)

// Statements forgets what was purged, writes conversations and attachments, brings
// the activities up to date from what is then stored, and takes away what was
// removed.
func (b *batch) Statements() []sqldb.Statement {
	var rows, touched, activities [][]any
	for k, c := range b.conversations.All() {
		rows = append(rows, []any{
			k.organization, k.conversation, c.updatedAt, c.publicUpdatedAt, c.count, c.publicCount, c.deleted,
		})
		touched = append(touched, []any{k.organization, k.conversation})
	}
	for k, attached := range b.activities.All() {
		activities = append(activities, []any{k.organization, k.conversation, k.record.Type, k.record.ID, *attached})
	}
	out := b.forget()
	out = append(out, projections.Rows(insertConversations, "(?, ?, ?, ?, ?, ?, ?)", upsertConversations, rows)...)
	out = append(out, projections.Rows(insertActivities, "(?, ?, ?, ?, ?, 0, 0, false)", upsertActivities, activities)...)
	out = append(out, projections.Rows(refreshActivities, "(cast(? as text), cast(? as text))", refreshTail, touched)...)
	out = append(out, projections.Rows(insertMessages, "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, false)", "", b.messages)...)
	out = append(out, projections.Rows(insertAttachments, "(?, ?, ?, ?)", "", b.attachments)...)
	out = append(out, b.rewritten()...)
	return append(out, b.leave()...)
}

// leave takes away all rows of what was removed, but that it was on records.
func (b *batch) leave() (out []sqldb.Statement) {
	var ids, removed [][]any
	for id, at := range b.removals.All() {
		ids = append(ids, []any{id})
		removed = append(removed, []any{id, *at})
	}
	const activities = "timelines.activities"
	out = append(out, projections.InEveryOrganization(activities, "conversation", "(cast(? as text))", keepShown, ids)...)
	out = append(out, projections.InEveryOrganization(activities, "conversation, at", "(cast(? as text), cast(? as bigint))", noteRemoved, removed)...)
	for _, table := range []string{"timelines.messages", "timelines.attachments", "timelines.conversations"} {
		out = append(out, projections.ForgetConversations(table, ids)...)
	}
	return out
}

func (b *batch) rewritten() []sqldb.Statement {
	var rows [][]any
	for k, r := range b.rewrites.All() {
		rows = append(rows, []any{k.organization, k.conversation, int64(k.number), r.body, r.editedAt, r.redacted})
	}
	return projections.Rows(rewriteMessages, rewriteRow, rewriteTail, rows)
}

// forget takes away all rows of what was purged.
func (b *batch) forget() (out []sqldb.Statement) {
	var gone [][]any
	for k := range b.purged.All() {
		gone = append(gone, []any{k.organization, k.conversation})
	}
	for _, forget := range []string{forgetConversations, forgetActivities, forgetMessages, forgetAttachments} {
		out = append(out, projections.Rows(forget, "(?, ?)", ")", gone)...)
	}
	return out
}
