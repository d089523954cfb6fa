package commands

import (
	"context"

	"github.com/google/uuid"

	"parley/domain/conversation"
)

// ReopenConversation lets messages in again. The reason may be empty.
type ReopenConversation struct {
	Request
	ID     uuid.UUID
	Reason string
}

// ReopenConversationHandler handles [ReopenConversation].
type ReopenConversationHandler struct{ Conversations }

// Handle reopens the conversation. It needs view and the permission to perform
// transitions, or to be a customer user who may reopen by the settings. Errors:
// those, invalid for the reason, workflow_off, conversation_active.
func (h ReopenConversationHandler) Handle(ctx context.Context, c ReopenConversation) (ConversationAnswer, error) {
	out, err := h.update(ctx, c.Request, c.ID, transition(c.Actor.MayReopen, c.Reason, func(l loadedConversation) ([]conversation.Event, error) {
		return l.State.Reopen(c.Reason, c.Actor.Workflow, l.Now)
	}))
	if err != nil {
		return ConversationAnswer{}, err
	}
	return h.answer(ctx, c.Actor, c.ID, out)
}
