package commands

import (
	"context"

	"github.com/google/uuid"

	"parley/domain"
	"parley/domain/access"
	"parley/domain/conversation"
)

// CloseConversation ends the exchange of messages. The reason may be empty.
type CloseConversation struct {
	Request
	ID     uuid.UUID
	Reason string
}

// CloseConversationHandler handles [CloseConversation].
type CloseConversationHandler struct{ Conversations }

// Handle closes the conversation. It needs view and the permission to perform
// transitions, or to be a customer user who may close by the settings. Errors:
// those, invalid for the reason, workflow_off, conversation_closed.
func (h CloseConversationHandler) Handle(ctx context.Context, c CloseConversation) (ConversationAnswer, error) {
	out, err := h.update(ctx, c.Request, c.ID, transition(c.Actor.MayClose, c.Reason, func(l loadedConversation) ([]conversation.Event, error) {
		return l.State.Close(c.Reason, c.Actor.Workflow, l.Now)
	}))
	if err != nil {
		return ConversationAnswer{}, err
	}
	return h.answer(ctx, c.Actor, c.ID, out)
}

// transition is what both transitions refuse.
func transition(may func(access.Facts) bool, reason string, decide func(loadedConversation) ([]conversation.Event, error)) rules {
	return rules{
		permit: func(f access.Facts, _ *conversation.Conversation) bool { return may(f) },
		check: func(_ *conversation.Conversation, p *domain.Problems) error {
			if wrong := conversation.CheckReason(reason); wrong != "" {
				p.Merge([]domain.FieldError{{Pointer: "/reason", Detail: wrong}})
			}
			return nil
		},
		decide: decide,
	}
}
