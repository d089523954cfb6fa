// Package attachments is the read model of what the blob store may hold, for its
// clean-up: a row per blob, until it is removed, or the stream of its file is gone,
// without which nobody can say that it was.
package attachments

import (
	_ "embed"
	"time"

	"github.com/google/uuid"

	"parley/domain/attachment"
	"parley/domain/conversation"
	"parley/domain/sqldb"
	"parley/projections"
)

//go:embed schema.sql
var schema string

// Projection is the read model attachments.
var Projection = projections.Define("attachments", 3, schema, func() *batch { return &batch{} },
	projections.On((*batch).begun), projections.On((*batch).uploaded),
	projections.On((*batch).held), projections.On((*batch).released),
	projections.On((*batch).messageAdded),
	projections.OnLast((*batch).purged), projections.OnLast((*batch).lost),
	projections.OnTombstone(conversation.Aggregate.Name, (*batch).lose),
	projections.On((*batch).discarded), projections.On((*batch).removed),
	projections.OnTombstone(attachment.Aggregate.Name, (*batch).ended),
)

type key struct {
	organization string
	blob         uuid.UUID
}

// change is what a batch changes of a blob's row; nil stays as it is, but for a
// row that begins anew.
type change struct {
	attachment   uuid.UUID
	anew         bool
	conversation *string
	since        *int64
	used, gone   *bool
}

// batch is in parts, since an end is about what was before it.
type batch struct{ parts []*part }

// part is changes, and the ends that come after all of them.
type part struct {
	blobs  projections.Changes[key, change]
	purged [][]any // conversations
	lost   [][]any // conversations of any organization
	ended  [][]any // files
}

func (p *part) isOver() bool { return len(p.purged)+len(p.lost)+len(p.ended) > 0 }

// last returns the part in which what comes next may be folded.
func (b *batch) last(isEnd bool) *part {
	n := len(b.parts)
	if n == 0 || !isEnd && b.parts[n-1].isOver() {
		b.parts = append(b.parts, &part{})
	}
	return b.parts[len(b.parts)-1]
}

func (b *batch) of(m projections.Meta, id, blob uuid.UUID) *change {
	c := b.last(false).blobs.Of(key{m.Organization, blob})
	c.attachment = id
	return c
}

func (c *change) usedAt(at time.Time) { c.since = new(projections.Micros(at)) }

func (b *batch) begun(e attachment.UploadBegun, m projections.Meta) {
	b.of(m, m.AggregateID(), e.Blob).usedAt(e.At)
}

func (b *batch) uploaded(e attachment.Uploaded, m projections.Meta) {
	b.of(m, m.AggregateID(), e.File.Blob).usedAt(e.At)
}

func (b *batch) held(e attachment.Held, m projections.Meta) {
	c := b.of(m, m.AggregateID(), e.Blob)
	c.conversation = new(e.Conversation.String())
	c.usedAt(e.At)
}

func (b *batch) released(e attachment.Released, m projections.Meta) {
	b.of(m, m.AggregateID(), e.Blob).usedAt(e.At)
}

func (b *batch) messageAdded(e conversation.MessageAdded, m projections.Meta) {
	for _, f := range e.Attachments {
		c := b.of(m, f.ID, f.Blob)
		c.used, c.conversation = new(true), new(m.Aggregate())
	}
}

// purged makes the files of a conversation due at once. A message that was under
// way then holds or releases one even later.
func (b *batch) purged(_ conversation.Purged, m projections.Meta) {
	p := b.last(true)
	p.purged = append(p.purged, []any{m.Organization, m.Aggregate()})
}

func (b *batch) lost(_ conversation.Removed, m projections.Meta) { b.lose(m) }

// lose is purged where only the conversation's id is known.
func (b *batch) lose(m projections.Meta) {
	p := b.last(true)
	p.lost = append(p.lost, []any{m.Aggregate()})
}

// ended forgets a file.
func (b *batch) ended(m projections.Meta) {
	p := b.last(true)
	p.ended = append(p.ended, []any{m.Aggregate()})
}

func (b *batch) discarded(e attachment.Discarded, m projections.Meta) {
	c := b.of(m, m.AggregateID(), e.Blob)
	if e.EndsFile() { // what was before may be gone from the log
		*c = change{attachment: c.attachment, anew: true}
	}
	c.since = new(int64(0))
}

func (b *batch) removed(e attachment.Removed, m projections.Meta) {
	b.of(m, m.AggregateID(), e.Blob).gone = new(true)
}

const (
	insertBlobs = `insert into attachments.blobs as b (organization, blob, attachment, conversation, since, used, gone) values `
	upsertBlobs = ` on conflict (organization, blob) do update set
  conversation = coalesce(excluded.conversation, b.conversation), since = coalesce(excluded.since, b.since),
  used = coalesce(excluded.used, b.used), gone = coalesce(excluded.gone, b.gone)`
	letGo       = `update attachments.blobs set since = 0, used = null where (organization, conversation) in (`
	forgetFiles = `delete from attachments.blobs where attachment in (`
	forgetBlobs = `delete from attachments.blobs where (organization, blob) in (values `
	deleteGone  = `delete from attachments.blobs where gone`
)

// Statements writes each blob once between two ends, and takes away what is gone.
func (b *batch) Statements() []sqldb.Statement {
	var out []sqldb.Statement
	gone := false
	for _, p := range b.parts {
		var rows, anew [][]any
		for k, c := range p.blobs.All() {
			rows = append(rows, []any{k.organization, k.blob.String(), c.attachment.String(), c.conversation, c.since, c.used, c.gone})
			gone = gone || c.gone != nil
			if c.anew {
				anew = append(anew, []any{k.organization, k.blob.String()})
			}
		}
		out = append(out, projections.Rows(forgetBlobs, "(?, ?)", ")", anew)...)
		out = append(out, projections.Rows(insertBlobs, "(?, ?, ?, ?, ?, ?, ?)", upsertBlobs, rows)...)
		out = append(out, projections.Rows(letGo+"values ", "(?, ?)", ")", p.purged)...)
		out = append(out, projections.InEveryOrganization("attachments.blobs", "conversation", "(cast(? as text))",
			letGo+"select organization, conversation from v)", p.lost)...)
		out = append(out, projections.Rows(forgetFiles, "?", ")", p.ended)...)
	}
	if gone {
		out = append(out, sqldb.Statement{SQL: deleteGone})
	}
	return out
}
