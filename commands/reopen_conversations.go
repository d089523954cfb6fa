package commands

import (
	"context"

	"github.com/google/uuid"

	"parley/domain/eventlog"
)

// ReopenConversations reopens many conversations, each by itself, for one
// reason, which may be empty.
type ReopenConversations struct {
	Request
	IDs    []string
	Reason string
}

// ReopenConversationsHandler handles [ReopenConversations].
type ReopenConversationsHandler struct{ Conversations }

// Handle reopens each conversation as [ReopenConversationHandler] would, and says
// of the others why not. The request as a whole is refused as that of
// [CloseConversationsHandler].
func (h ReopenConversationsHandler) Handle(ctx context.Context, c ReopenConversations) (MassAnswer, error) {
	c.Shape = withReason(c.Shape, c.Reason)
	return h.each(ctx, c.Request, c.IDs, func(one Request, id uuid.UUID) (eventlog.Position, error) {
		reopened, err := ReopenConversationHandler(h).Handle(ctx, ReopenConversation{Request: one, ID: id, Reason: c.Reason})
		return reopened.Position, err
	})
}
