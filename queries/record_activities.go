package queries

import (
	"context"
	_ "embed"

	"parley/domain"
	"parley/domain/access"
	"parley/domain/eventlog"
)

//go:embed record_activities.sql
var recordActivitiesSQL clause

// RecordActivities asks for the conversations that have a record (or a person)
// as a context, newest update first.
type RecordActivities struct {
	Actor       access.Actor
	Record      domain.Record
	Limit       int // 0: 50; at most 200
	Cursor      string
	MinPosition eventlog.Position
}

// RecordActivitiesResult is one page of the conversations. Removed comes with the
// first page.
type RecordActivitiesResult struct {
	ConversationListResult
	Removed []RemovedConversation
}

// RecordActivitiesHandler answers [RecordActivities].
type RecordActivitiesHandler struct{ Sources }

// Handle returns the page of conversations that the actor may view, and tells of
// those that were removed. Errors: domain.CodeMalformed for a cursor that is not one
// of this list, domain.CodeNotFound for a record that is unknown or that the actor
// may not view.
func (h RecordActivitiesHandler) Handle(ctx context.Context, q RecordActivities) (out RecordActivitiesResult, err error) {
	list := sumOf("activities", q.Record)
	after, err := parseCursor(q.Cursor, list, 2)
	if err != nil {
		return out, err
	}
	if err := h.wait(ctx, q.MinPosition, timelines, conversations, inboxes, directory); err != nil {
		return out, err
	}
	if _, err := h.findRecord(ctx, q.Actor, q.Record, alsoRemoved); err != nil {
		return out, err
	}
	if out.ConversationListResult, err = h.shown(ctx, q, after, list); err == nil && after == nil {
		out.Removed, err = h.removedFrom(ctx, q.Actor, q.Record)
	}
	return out, err
}

// shown returns the page behind a key of the list.
func (h RecordActivitiesHandler) shown(ctx context.Context, q RecordActivities, after []string, list []byte) (ConversationListResult, error) {
	limit := pageLimit(q.Limit, defaultLimit)
	p := asSeenBy(q.Actor)
	p["page"], p["visible"], p["continued"] = recordActivitiesSQL, visibleRow(q.Actor), clause(`true`)
	p["direction"], p["limit"] = descending, rowLimit(limit+1)
	p["type"], p["id"] = q.Record.Type, q.Record.ID
	if after != nil {
		p["continued"] = clause(`({updated_at}, a.conversation) < ({after_key}, {after_id})`)
		if err := (sortKey{numeric: true}).after(p, after); err != nil {
			return ConversationListResult{}, err
		}
	}
	return h.readPage(ctx, q.Actor, p, limit, list)
}
