package conversations

import (
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
	lastPublicNumber
	lastAttachments
	publicLastAt
	publicLastFromKind
	publicLastFromID
	publicLastBody
	publicLastAttachments
	sortAt
	publicSortAt
	idleSince
	revision
	deleted
	columns
)

var columnNames = [columns]string{
	"name", "search", "status", "owner", "customer_user", "customer", "source_type", "source_id",
	"starter_kind", "starter_id", "created_at", "updated_at", "public_updated_at",
	"message_count", "public_message_count",
	"last_at", "last_from_kind", "last_from_id", "last_author_kind", "last_author_id",
	"last_body", "last_internal", "last_public_number", "last_attachments",
	"public_last_at", "public_last_from_kind", "public_last_from_id", "public_last_body", "public_last_attachments",
	"sort_at", "public_sort_at", "idle_since", "revision", "deleted",
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

type batch struct {
	rows     projections.Changes[rowKey, row]
	contexts projections.Changes[contextKey, int64]
}

// The statement of rows: a null of the batch keeps what is stored.
var insertRow, upsertRow, rowValues = func() (string, string, string) {
	var set []string
	for c, n := range columnNames {
		value := "coalesce(excluded." + n + ", c." + n + ")"
		if column(c).rises() {
			value = "case when excluded." + n + " > c." + n + " then excluded." + n + " else c." + n + " end"
		}
		set = append(set, n+" = "+value)
	}
	insert := "insert into conversations.conversations as c (organization, conversation, " +
		strings.Join(columnNames[:], ", ") + ") values "
	upsert := " on conflict (organization, conversation) do update set " + strings.Join(set, ", ")
	return insert, upsert, "(?, ?" + strings.Repeat(", ?", len(columnNames)) + ")"
}()

const (
	insertContexts = `insert into conversations.contexts (organization, conversation, type, id, attached) values `
	upsertContexts = ` on conflict (organization, conversation, type, id) do update set attached = excluded.attached`
)

// Statements writes each conversation and each context once.
func (b *batch) Statements() []sqldb.Statement {
	var rows, contexts [][]any
	for k, r := range b.rows.All() {
		rows = append(rows, append([]any{k.organization, k.conversation}, r[:]...))
	}
	for k, attached := range b.contexts.All() {
		contexts = append(contexts, []any{k.organization, k.conversation, k.record.Type, k.record.ID, *attached})
	}
	return append(
		projections.Rows(insertRow, rowValues, upsertRow, rows),
		projections.Rows(insertContexts, "(?, ?, ?, ?, ?)", upsertContexts, contexts)...,
	)
}
