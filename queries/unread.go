package queries

import (
	"context"
	"time"

	"github.com/google/uuid"

	"parley/domain/access"
	"parley/domain/eventlog"
)

// Unread asks for the actor's indicator.
type Unread struct {
	Actor       access.Actor
	MinPosition eventlog.Position
}

// UnreadResult is the number of conversations with messages that the actor has
// not read, and the newest of them.
type UnreadResult struct {
	Count int
	Items []UnreadItem // at most four, newest last message first
	More  int          // Count without the items
}

// UnreadItem is one unread conversation with the beginning of its last message.
type UnreadItem struct {
	Conversation uuid.UUID
	Name         string
	Snippet      string
	From         Person
	At           time.Time
}

// UnreadHandler answers [Unread].
type UnreadHandler struct{ Sources }

// Handle returns the indicator.
func (h UnreadHandler) Handle(ctx context.Context, q Unread) (UnreadResult, error) {
	return UnreadResult{}, nil
}
