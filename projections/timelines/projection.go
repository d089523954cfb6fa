// Package timelines is the read model of what happened where: the messages of
// each conversation, by number, and the conversations of each record, by their
// last update, for both audiences. Of a conversation whose stream is gone the record
// keeps that it was removed, and when: as long as the log, from which the rows are
// made, still tells that it was on the record.
package timelines

import (
	_ "embed"
	"slices"
	"time"

	"parley/domain"
	"parley/domain/conversation"
	"parley/projections"
)

//go:embed schema.sql
var schema string

// Projection is the read model timelines.
var Projection = projections.Define("timelines", 4, schema, func() *batch { return &batch{} },
	projections.On((*batch).started), projections.On((*batch).renamed),
	projections.On((*batch).ownerChanged), projections.On((*batch).customerUserChanged),
	projections.On((*batch).sourceChanged),
	projections.On((*batch).participantJoined), projections.On((*batch).participantLeft),
	projections.On((*batch).contextAttached), projections.On((*batch).contextDetached),
	projections.On((*batch).messageAdded),
	projections.On((*batch).messageEdited), projections.On((*batch).messageRedacted),
	projections.On((*batch).closed), projections.On((*batch).reopened),
	projections.On((*batch).deleted), projections.On((*batch).restored), projections.OnLast((*batch).purge),
	projections.OnLast((*batch).removed), projections.OnTombstone(conversation.Aggregate.Name, (*batch).ended),
)

func (b *batch) started(e conversation.Started, m projections.Meta)   { b.touch(m, e.At).hide(false) }
func (b *batch) renamed(e conversation.Renamed, m projections.Meta)   { b.touch(m, e.At) }
func (b *batch) closed(e conversation.Closed, m projections.Meta)     { b.touch(m, e.At) }
func (b *batch) reopened(e conversation.Reopened, m projections.Meta) { b.touch(m, e.At) }
func (b *batch) deleted(e conversation.Deleted, m projections.Meta)   { b.touch(m, e.At).hide(true) }

func (b *batch) restored(e conversation.Restored, m projections.Meta)         { b.touch(m, e.At).hide(false) }
func (b *batch) ownerChanged(e conversation.OwnerChanged, m projections.Meta) { b.touch(m, e.At) }

func (b *batch) customerUserChanged(e conversation.CustomerUserChanged, m projections.Meta) {
	b.touch(m, e.At)
}

func (b *batch) sourceChanged(e conversation.SourceChanged, m projections.Meta) { b.touch(m, e.At) }

func (b *batch) participantJoined(e conversation.ParticipantJoined, m projections.Meta) {
	b.touchInside(m, e.At)
}

func (b *batch) participantLeft(e conversation.ParticipantLeft, m projections.Meta) {
	b.touchInside(m, e.At)
}

func (b *batch) contextAttached(e conversation.ContextAttached, m projections.Meta) {
	b.touchInside(m, e.At)
	*b.activity(m, e.Context) = true
}

func (b *batch) contextDetached(e conversation.ContextDetached, m projections.Meta) {
	b.touchInside(m, e.At)
	*b.activity(m, e.Context) = false
}

func (b *batch) messageAdded(e conversation.MessageAdded, m projections.Meta) {
	c := b.touchInside(m, e.At)
	c.count = int64(e.Number)
	if !e.Internal {
		b.touch(m, e.At).publicCount = int64(e.PublicNumber)
	}
	b.messages = append(b.messages, []any{
		m.Organization, m.Aggregate(), int64(e.Number), int64(e.PublicNumber), e.Body,
		string(e.From.Kind), e.From.ID, string(e.Author.Kind), e.Author.ID, e.Internal, projections.Micros(e.At), e.Attachments.Text(),
	})
	for _, f := range e.Attachments {
		b.attachments = append(b.attachments, []any{m.Organization, m.Aggregate(), f.ID.String(), int64(e.Number)})
	}
}

func (b *batch) messageEdited(e conversation.MessageEdited, m projections.Meta) {
	*b.rewrite(m, e.Number) = rewrite{body: e.Body, editedAt: projections.Micros(e.At)}
}

func (b *batch) messageRedacted(e conversation.MessageRedacted, m projections.Meta) {
	*b.rewrite(m, e.Number) = rewrite{redacted: true}
}

func (b *batch) rewrite(m projections.Meta, number int) *rewrite {
	return b.rewrites.Of(messageKey{key{m.Organization, m.Aggregate()}, number})
}

// purge forgets what the batch knows of the conversation, too.
func (b *batch) purge(_ conversation.Purged, m projections.Meta) {
	gone := key{m.Organization, m.Aggregate()}
	b.conversations.Drop(func(k key) bool { return k == gone })
	b.activities.Drop(func(k activityKey) bool { return k.key == gone })
	isGone := func(row []any) bool { return row[0] == gone.organization && row[1] == gone.conversation }
	b.messages, b.attachments = slices.DeleteFunc(b.messages, isGone), slices.DeleteFunc(b.attachments, isGone)
	b.rewrites.Drop(func(k messageKey) bool { return k.key == gone })
	b.purged.Of(gone)
}

func (b *batch) removed(e conversation.Removed, m projections.Meta) { b.remove(m, e.At) }

func (b *batch) ended(m projections.Meta) { b.remove(m, m.RecordedAt) }

// remove is purge where only the conversation's id is known. What the batch knows of
// records is written all the same: it says where the conversation was.
func (b *batch) remove(m projections.Meta, at time.Time) {
	id := m.Aggregate()
	isGone := func(row []any) bool { return row[1] == id }
	b.messages, b.attachments = slices.DeleteFunc(b.messages, isGone), slices.DeleteFunc(b.attachments, isGone)
	b.rewrites.Drop(func(k messageKey) bool { return k.conversation == id })
	if first := b.removals.Of(id); *first == 0 {
		*first = projections.Micros(at)
	}
}

func (b *batch) activity(m projections.Meta, r domain.Record) *bool {
	return b.activities.Of(activityKey{key{m.Organization, m.Aggregate()}, r})
}

func (b *batch) touch(m projections.Meta, at time.Time) *change {
	c := b.touchInside(m, at)
	c.publicUpdatedAt = max(c.publicUpdatedAt, projections.Micros(at))
	return c
}

func (b *batch) touchInside(m projections.Meta, at time.Time) *change {
	c := b.conversations.Of(key{m.Organization, m.Aggregate()})
	c.updatedAt = max(c.updatedAt, projections.Micros(at))
	return c
}
