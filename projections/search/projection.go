// Package search is the read model of the full-text search: the words of each
// conversation's name and messages, as package words cuts them, behind an index
// of words. The texts themselves are in other read models.
package search

import (
	_ "embed"

	"parley/domain/conversation"
	"parley/domain/sqldb"
	"parley/domain/words"
	"parley/projections"
)

//go:embed schema.sql
var schema string

// Projection is the read model search.
var Projection = projections.Define("search", 3, schema, func() *batch { return &batch{} },
	projections.On((*batch).started), projections.On((*batch).renamed),
	projections.On((*batch).messageAdded),
	projections.On((*batch).messageEdited), projections.On((*batch).messageRedacted),
	projections.OnLast((*batch).purge), projections.OnLast((*batch).removed),
	projections.OnTombstone(conversation.Aggregate.Name, (*batch).remove),
)

type key struct {
	organization, conversation string
	number                     int64
}

// text is what a batch knows of a text.
type text struct {
	public   int64
	internal bool
	at       int64
	words    string
}

type batch struct {
	texts    projections.Changes[key, text]
	edited   projections.Changes[key, string]      // words of messages that are there
	purged   projections.Changes[key, struct{}]    // by the name
	removals projections.Changes[string, struct{}] // of any organization
}

func (b *batch) started(e conversation.Started, m projections.Meta) {
	*b.text(m, 0) = text{at: projections.Micros(e.At), words: words.List(e.Name)}
}

func (b *batch) renamed(e conversation.Renamed, m projections.Meta) {
	*b.text(m, 0) = text{at: projections.Micros(e.At), words: words.List(e.Name)}
}

func (b *batch) messageAdded(e conversation.MessageAdded, m projections.Meta) {
	*b.text(m, e.Number) = text{
		public: int64(e.PublicNumber), internal: e.Internal, at: projections.Micros(e.At), words: words.List(e.Body),
	}
}

func (b *batch) messageEdited(e conversation.MessageEdited, m projections.Meta) {
	b.edit(m, e.Number, words.List(e.Body))
}

func (b *batch) messageRedacted(e conversation.MessageRedacted, m projections.Meta) {
	b.edit(m, e.Number, "")
}

func (b *batch) edit(m projections.Meta, number int, to string) {
	*b.edited.Of(key{m.Organization, m.Aggregate(), int64(number)}) = to
}

// purge forgets what the batch knows of the conversation, too.
func (b *batch) purge(_ conversation.Purged, m projections.Meta) {
	gone := key{m.Organization, m.Aggregate(), 0}
	b.texts.Drop(func(k key) bool { return k.organization == gone.organization && k.conversation == gone.conversation })
	b.edited.Drop(func(k key) bool { return k.organization == gone.organization && k.conversation == gone.conversation })
	b.purged.Of(gone)
}

func (b *batch) removed(_ conversation.Removed, m projections.Meta) { b.remove(m) }

// remove is purge where only the conversation's id is known.
func (b *batch) remove(m projections.Meta) {
	id := m.Aggregate()
	b.texts.Drop(func(k key) bool { return k.conversation == id })
	b.edited.Drop(func(k key) bool { return k.conversation == id })
	b.removals.Of(id)
}

func (b *batch) text(m projections.Meta, number int) *text {
	return b.texts.Of(key{m.Organization, m.Aggregate(), int64(number)})
}

const (
	insertTexts = `insert into search.texts
  (organization, conversation, number, public_number, internal, at, words) values `
	upsertTexts = ` on conflict (organization, conversation, number) do update set
  at = excluded.at, words = excluded.words`

	editTexts = `with v (organization, conversation, number, words) as (values `
	editRow   = `(cast(? as text), cast(? as text), cast(? as bigint), cast(? as text))`
	editTail  = `)
update search.texts as t set words = v.words
from v where t.organization = v.organization and t.conversation = v.conversation and t.number = v.number`
	forgetTexts = `delete from search.texts where (organization, conversation) in (values `
)

// Statements forgets what was purged, writes each text once, and then what
// messages have become.
func (b *batch) Statements() []sqldb.Statement {
	var texts, gone, removed [][]any
	for k := range b.purged.All() {
		gone = append(gone, []any{k.organization, k.conversation})
	}
	for id := range b.removals.All() {
		removed = append(removed, []any{id})
	}
	for k, t := range b.texts.All() {
		texts = append(texts, []any{k.organization, k.conversation, k.number, t.public, t.internal, t.at, t.words})
	}
	var edited [][]any
	for k, to := range b.edited.All() {
		edited = append(edited, []any{k.organization, k.conversation, k.number, *to})
	}
	out := projections.Rows(forgetTexts, "(?, ?)", ")", gone)
	out = append(out, projections.ForgetConversations("search.texts", removed)...)
	out = append(out, projections.Rows(insertTexts, "(?, ?, ?, ?, ?, ?, ?)", upsertTexts, texts)...)
	return append(out, projections.Rows(editTexts, editRow, editTail, edited)...)
}
