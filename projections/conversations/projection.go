// Package conversations is the read model of the list: one row per conversation
// with all that a list shows, filters and sorts by, for both audiences, and its
// contexts. Every event of a conversation moves the row's revision. Of a purged
// one, and of one whose stream is gone, nothing is left but that it was.
package conversations

import (
	_ "embed"
	"strings"
	"time"

	"parley/domain"
	"parley/domain/conversation"
	"parley/projections"
)

//go:embed schema.sql
var schema string

// Projection is the read model conversations.
var Projection = projections.Define("conversations", 7, schema, func() *batch { return &batch{} },
	projections.On((*batch).started), projections.On((*batch).renamed),
	projections.On((*batch).ownerChanged), projections.On((*batch).customerUserChanged),
	projections.On((*batch).sourceChanged),
	projections.On((*batch).participantJoined), projections.On((*batch).participantLeft),
	projections.On((*batch).contextAttached), projections.On((*batch).contextDetached),
	projections.On((*batch).messageAdded), projections.On((*batch).attachmentBarred),
	projections.On((*batch).messageEdited), projections.On((*batch).messageRedacted),
	projections.On((*batch).closed), projections.On((*batch).reopened),
	projections.On((*batch).deleted), projections.On((*batch).restored), projections.OnLast((*batch).purge),
	projections.OnLast((*batch).removed), projections.OnTombstone(conversation.Aggregate.Name, (*batch).remove),
)

func (b *batch) started(e conversation.Started, m projections.Meta) {
	r := b.touch(m, e.At)
	r.set(name, e.Name).set(search, strings.ToLower(e.Name)).set(status, string(conversation.Active))
	r.set(owner, e.Owner).set(customerUser, e.CustomerUser).set(customer, e.Customer)
	r.setSource(e.Source)
	r.set(starterKind, string(e.Starter.Kind)).set(starterID, e.Starter.ID)
	at := projections.Micros(e.At)
	r.set(createdAt, at).set(sortAt, at).set(publicSortAt, at).raise(idleSince, at)
	r.set(messageCount, int64(0)).set(publicMessageCount, int64(0)).set(deleted, false)
}

func (b *batch) renamed(e conversation.Renamed, m projections.Meta) {
	b.touch(m, e.At).set(name, e.Name).set(search, strings.ToLower(e.Name))
}

func (b *batch) ownerChanged(e conversation.OwnerChanged, m projections.Meta) {
	b.touch(m, e.At).set(owner, e.Owner)
}

func (b *batch) customerUserChanged(e conversation.CustomerUserChanged, m projections.Meta) {
	b.touch(m, e.At).set(customerUser, e.CustomerUser).set(customer, e.Customer)
}

func (b *batch) sourceChanged(e conversation.SourceChanged, m projections.Meta) {
	b.touch(m, e.At).setSource(e.Source)
}

func (b *batch) participantJoined(e conversation.ParticipantJoined, m projections.Meta) {
	b.touchInside(m, e.At)
}

func (b *batch) participantLeft(e conversation.ParticipantLeft, m projections.Meta) {
	b.touchInside(m, e.At)
}

func (b *batch) contextAttached(e conversation.ContextAttached, m projections.Meta) {
	b.touchInside(m, e.At)
	*b.contexts.Of(contextKey{m.Organization, m.Aggregate(), e.Context}) = int64(m.Revision) + 1
}

func (b *batch) contextDetached(e conversation.ContextDetached, m projections.Meta) {
	b.touchInside(m, e.At)
	*b.contexts.Of(contextKey{m.Organization, m.Aggregate(), e.Context}) = 0
}

func (b *batch) messageAdded(e conversation.MessageAdded, m projections.Meta) {
	r := b.touchInside(m, e.At)
	at := projections.Micros(e.At)
	r.set(messageCount, int64(e.Number)).set(lastAt, at).set(sortAt, at).raise(idleSince, at)
	r.set(lastFromKind, string(e.From.Kind)).set(lastFromID, e.From.ID)
	r.set(lastAuthorKind, string(e.Author.Kind)).set(lastAuthorID, e.Author.ID)
	r.set(lastBody, e.Body).set(lastInternal, e.Internal).set(lastPublicNumber, int64(e.PublicNumber))
	r.set(lastAttachments, e.Attachments.Text())
	r.set(lastEditedAt, int64(0)).set(lastRedacted, false)
	if e.Internal {
		return
	}
	b.touch(m, e.At)
	r.set(publicMessageCount, int64(e.PublicNumber)).set(publicLastAt, at).set(publicSortAt, at)
	r.set(publicLastFromKind, string(e.From.Kind)).set(publicLastFromID, e.From.ID)
	r.set(publicLastBody, e.Body).set(publicLastAttachments, e.Attachments.Text())
	r.set(publicLastEditedAt, int64(0)).set(publicLastRedacted, false)
}

func (b *batch) messageEdited(e conversation.MessageEdited, m projections.Meta) {
	b.change(m, e.Number, e.PublicNumber, rewrite{body: e.Body, editedAt: projections.Micros(e.At)})
}

func (b *batch) messageRedacted(e conversation.MessageRedacted, m projections.Meta) {
	b.change(m, e.Number, e.PublicNumber, rewrite{redacted: true})
}

// change rewrites a message where it is a last one, and moves no time: lists
// stay in their order.
func (b *batch) change(m projections.Meta, number, publicNumber int, as rewrite) {
	k := rowKey{m.Organization, m.Aggregate()}
	b.rows.Of(k).set(revision, int64(m.Revision))
	*b.rewrites.Of(messageKey{k, number, publicNumber}) = as
}

// attachmentBarred moves the revision and nothing that is shown. It may be the
// first event of a conversation that never starts, and then leaves no row.
func (b *batch) attachmentBarred(_ conversation.AttachmentBarred, m projections.Meta) {
	*b.barred.Of(rowKey{m.Organization, m.Aggregate()}) = int64(m.Revision)
}

func (b *batch) closed(e conversation.Closed, m projections.Meta) {
	b.touch(m, e.At).set(status, string(conversation.IsClosed))
}

func (b *batch) reopened(e conversation.Reopened, m projections.Meta) {
	b.touch(m, e.At).set(status, string(conversation.Active)).raise(idleSince, projections.Micros(e.At))
}

func (b *batch) deleted(e conversation.Deleted, m projections.Meta) {
	b.touch(m, e.At).set(deleted, true)
}

func (b *batch) restored(e conversation.Restored, m projections.Meta) {
	b.touch(m, e.At).set(deleted, false).raise(idleSince, projections.Micros(e.At))
}

// purge forgets what the batch knows of the conversation, too.
func (b *batch) purge(_ conversation.Purged, m projections.Meta) {
	gone := rowKey{m.Organization, m.Aggregate()}
	b.rows.Drop(func(k rowKey) bool { return k == gone })
	b.contexts.Drop(func(k contextKey) bool {
		return k.organization == gone.organization && k.conversation == gone.conversation
	})
	b.rewrites.Drop(func(k messageKey) bool { return k.rowKey == gone })
	*b.purged.Of(gone) = int64(m.Position)
}

func (b *batch) removed(_ conversation.Removed, m projections.Meta) { b.remove(m) }

// remove is purge where only the conversation's id is known.
func (b *batch) remove(m projections.Meta) {
	id := m.Aggregate()
	b.rows.Drop(func(k rowKey) bool { return k.conversation == id })
	b.contexts.Drop(func(k contextKey) bool { return k.conversation == id })
	b.rewrites.Drop(func(k messageKey) bool { return k.conversation == id })
	*b.removals.Of(id) = int64(m.Position)
}

func (r *row) setSource(s *domain.Record) {
	if s == nil {
		s = &domain.Record{}
	}
	r.set(sourceType, s.Type).set(sourceID, s.ID)
}

// touch moves the revision and both updated times.
func (b *batch) touch(m projections.Meta, at time.Time) *row {
	return b.touchInside(m, at).raise(publicUpdatedAt, projections.Micros(at))
}

// touchInside moves the revision and the updated time that users see.
func (b *batch) touchInside(m projections.Meta, at time.Time) *row {
	r := b.rows.Of(rowKey{m.Organization, m.Aggregate()})
	return r.set(revision, int64(m.Revision)).raise(updatedAt, projections.Micros(at))
}
