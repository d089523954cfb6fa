package queries

import (
	"context"

	"github.com/google/uuid"

	"parley/domain/access"
	"parley/domain/eventlog"
)

// Conversation asks for one conversation.
type Conversation struct {
	Actor       access.Actor
	ID          uuid.UUID
	MinPosition eventlog.Position
}

// ConversationHandler answers [Conversation].
type ConversationHandler struct{ Sources }

// Handle returns the conversation, or an error of domain.CodeNotFound when the
// actor may not view it.
func (h ConversationHandler) Handle(ctx context.Context, q Conversation) (ConversationResult, error) {
	return ConversationResult{}, nil
}
