package conversations

import (
	"slices"
	"strings"

	"parley/domain"
	"parley/domain/sqldb"
	"parley/projections"
)

// column is a column of a conversation's row behind its key.
type column int

const (
	name column = iota
	search
	status
	owner
	customerUser
	customer
	sourceType
	sourceID
	starterKind
	starterID
	createdAt
	deleted
	updatedAt
	publicUpdatedAt
	messageCount
	publicMessageCount
	lastAt
	lastFromKind
	lastFromID
	lastAuthorKind
	lastAuthorID
	lastBody
	lastInternal
	lastEditedAt
	lastRedacted
	lastPublicNumber
	lastAttachments
	publicLastAt
	publicLastFromKind
	publicLastFromID
	publicLastBody
	publicLastAttachments
	publicLastEditedAt
	publicLastRedacted
	sortAt
	publicSortAt
	idleSince
	revision
	columns
)

var columnNames = [columns]string{
	"name", "search", "status", "owner", "customer_user", "customer", "source_type", "source_id",
	"starter_kind", "starter_id", "created_at", "deleted", "updated_at", "public_updated_at",
	"message_count", "public_message_count",
	"last_at", "last_from_kind", "last_from_id", "last_author_kind", "last_author_id",
	"last_body", "last_internal", "last_edited_at", "last_redacted", "last_public_number", "last_attachments",
	"public_last_at", "public_last_from_kind", "public_last_from_id", "public_last_body", "public_last_attachments",
	"public_last_edited_at", "public_last_redacted",
	"sort_at", "public_sort_at", "idle_since", "revision",
}

// rises reports whether the column is a time that never goes back.
func (c column) rises() bool { return c == updatedAt || c == publicUpdatedAt || c == idleSince }

// row is what a batch changes of a conversation's row; nil stays as it is.
type row [columns]any

func (r *row) set(c column, value any) *row {
	r[c] = value
	return r
}

// raise sets a time that never goes back.
func (r *row) raise(c column, at int64) *row {
	if old, ok := r[c].(int64); !ok || old < at {
		r[c] = at
	}
	return r
}

type rowKey struct{ organization, conversation string }

type contextKey struct {
	organization, conversation string
	record                     domain.Record
}

// messageKey is a message by both of its numbers.
type messageKey struct {
	rowKey
	number, publicNumber int
}

// rewrite is what a changed message says.
type rewrite struct {
	body     string
	editedAt int64
	redacted bool
}

type batch struct {
	rows     projections.Changes[rowKey, row]
	contexts projections.Changes[contextKey, int64]
	rewrites projections.Changes[messageKey, rewrite]
	barred   projections.Changes[rowKey, int64] // revisions
	purged   projections.Changes[rowKey, int64] // positions
	removals projections.Changes[string, int64] // likewise, of any organization
}

// upsert is the statement that writes a row's columns from one on: a null of the
// batch keeps what is stored.
type upsert struct {
	from               column
	head, values, tail string
}

// All columns, and the last ones alone, which are those that messages change:
// SQLite writes every index over a column that a statement names.
var (
	wholeRows   = upsertFrom(0)
	messageRows = upsertFrom(updatedAt)
)

func upsertFrom(from column) upsert {
	var set []string
	for c, n := range columnNames[from:] {
		value := "coalesce(excluded." + n + ", c." + n + ")"
		if (from + column(c)).rises() {
			value = "case when excluded." + n + " > c." + n + " then excluded." + n + " else coalesce(c." + n + ", excluded." + n + ") end"
		}
		set = append(set, n+" = "+value)
	}
	return upsert{
		from: from,
		head: "insert into conversations.conversations as c (organization, conversation, " +
			strings.Join(columnNames[from:], ", ") + ") values ",
		values: "(?, ?" + strings.Repeat(", ?", len(set)) + ")",
		tail:   " on conflict (organization, conversation) do update set " + strings.Join(set, ", "),
	}
}

// writes reports whether the statement writes all that a row sets.
func (u upsert) writes(r *row) bool {
	return !slices.ContainsFunc(r[:u.from], func(value any) bool { return value != nil })
}

func (u upsert) row(k rowKey, r *row) []any {
	return append([]any{k.organization, k.conversation}, r[u.from:]...)
}

func (u upsert) statements(rows [][]any) []sqldb.Statement {
	return projections.Rows(u.head, u.values, u.tail, rows)
}

const (
	insertContexts = `insert into conversations.contexts (organization, conversation, type, id, attached) values `
	upsertContexts = ` on conflict (organization, conversation, type, id) do update set attached = excluded.attached`

	// A changed message matters here while it is the last one.
	rewriteValues = `with v (organization, conversation, number, body, edited_at, redacted) as (values `
	rewriteRow    = `(cast(? as text), cast(? as text), cast(? as bigint), cast(? as text), cast(? as bigint), cast(? as boolean))`
	rewriteLast   = `)
update conversations.conversations as c set last_body = v.body, last_edited_at = v.edited_at, last_redacted = v.redacted,
  last_attachments = case when v.redacted then '' else c.last_attachments end
from v where c.organization = v.organization and c.conversation = v.conversation and c.message_count = v.number`
	rewritePublicLast = `)
update conversations.conversations as c set public_last_body = v.body, public_last_edited_at = v.edited_at,
  public_last_redacted = v.redacted,
  public_last_attachments = case when v.redacted then '' else c.public_last_attachments end
from v where c.organization = v.organization and c.conversation = v.conversation and c.public_message_count = v.number`

	// A bar moves the revision of what is there.
	barValues    = `with v (organization, conversation, revision) as (values `
	barRow       = `(cast(? as text), cast(? as text), cast(? as bigint))`
	moveRevision = `)
update conversations.conversations as c set revision = v.revision
from v where c.organization = v.organization and c.conversation = v.conversation and c.revision < v.revision`

	insertPurged   = `insert into conversations.purged (organization, conversation, position) values `
	keepPurged     = ` on conflict (organization, conversation) do nothing`
	forgetRows     = `delete from conversations.conversations where (organization, conversation) in (values `
	forgetContexts = `delete from conversations.contexts where (organization, conversation) in (values `
)

// Statements forgets what was purged, writes each conversation and each context
// once, and then moves the revisions of those that are there and, because an edit
// comes after its message, says what last messages have become.
func (b *batch) Statements() []sqldb.Statement {
	var rows, messages, contexts, bars, purged, gone [][]any
	for k, r := range b.rows.All() {
		if messageRows.writes(r) {
			messages = append(messages, messageRows.row(k, r))
		} else {
			rows = append(rows, wholeRows.row(k, r))
		}
	}
	for k, attached := range b.contexts.All() {
		contexts = append(contexts, []any{k.organization, k.conversation, k.record.Type, k.record.ID, *attached})
	}
	for k, last := range b.barred.All() {
		bars = append(bars, []any{k.organization, k.conversation, *last})
	}
	for k, position := range b.purged.All() {
		purged = append(purged, []any{k.organization, k.conversation, *position})
		gone = append(gone, []any{k.organization, k.conversation})
	}
	out := b.forgotten()
	out = append(out, projections.Rows(insertPurged, "(?, ?, ?)", keepPurged, purged)...)
	out = append(out, projections.Rows(forgetRows, "(?, ?)", ")", gone)...)
	out = append(out, projections.Rows(forgetContexts, "(?, ?)", ")", gone)...)
	out = append(out, wholeRows.statements(rows)...)
	out = append(out, messageRows.statements(messages)...)
	out = append(out, projections.Rows(insertContexts, "(?, ?, ?, ?, ?)", upsertContexts, contexts)...)
	out = append(out, projections.Rows(barValues, barRow, moveRevision, bars)...)
	return append(out, b.rewritten()...)
}

// forgotten takes away what was removed, of whatever organization it was.
func (b *batch) forgotten() []sqldb.Statement {
	var removed, ids [][]any
	for id, position := range b.removals.All() {
		removed = append(removed, []any{"", id, *position})
		ids = append(ids, []any{id})
	}
	out := projections.Rows(insertPurged, "(?, ?, ?)", keepPurged, removed)
	out = append(out, projections.ForgetConversations("conversations.conversations", ids)...)
	return append(out, projections.ForgetConversations("conversations.contexts", ids)...)
}

func (b *batch) rewritten() []sqldb.Statement {
	var all, public [][]any
	for k, r := range b.rewrites.All() {
		all = append(all, []any{k.organization, k.conversation, int64(k.number), r.body, r.editedAt, r.redacted})
		if k.publicNumber > 0 {
			public = append(public, []any{k.organization, k.conversation, int64(k.publicNumber), r.body, r.editedAt, r.redacted})
		}
	}
	return append(projections.Rows(rewriteValues, rewriteRow, rewriteLast, all),
		projections.Rows(rewriteValues, rewriteRow, rewritePublicLast, public)...)
}
