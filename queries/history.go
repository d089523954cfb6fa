package queries

import (
	"context"
	"encoding/json"
	"time"

	"github.com/google/uuid"

	"parley/domain"
	"parley/domain/access"
	"parley/domain/eventlog"
)

// History asks an administrator's question: what happened to a conversation,
// also to a deleted one.
type History struct {
	Actor        access.Actor
	Conversation uuid.UUID
	Limit        int // 0: 200; at most 200
	Cursor       string
	MinPosition  eventlog.Position
}

// HistoryResult is one page of the conversation's stream, oldest first.
// NextCursor is empty at the end.
type HistoryResult struct {
	Items      []HistoryItem
	NextCursor string
}

// HistoryItem is one event: what, when, by whom, on whose behalf, from where and
// why. Time is the command's clock.
type HistoryItem struct {
	Position      eventlog.Position
	Stream        string
	Revision      eventlog.Revision
	Type          string
	Time          time.Time
	Actor         Person
	OnBehalfOf    *Person
	CommandID     uuid.UUID
	CorrelationID uuid.UUID
	CausationID   uuid.UUID
	Channel       domain.Channel
	Data          json.RawMessage
}

// HistoryHandler answers [History].
type HistoryHandler struct{ Sources }

// Handle returns the page. Errors: domain.CodeMalformed for a cursor that is not
// one of this stream, domain.CodeNotFound for a conversation that is absent or
// invisible, domain.CodeForbidden for a viewer who does not administer.
func (h HistoryHandler) Handle(ctx context.Context, q History) (HistoryResult, error) {
	return HistoryResult{}, nil
}
