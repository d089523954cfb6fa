package commands

import (
	"context"

	"github.com/google/uuid"

	"parley/domain/access"
	"parley/domain/conversation"
)

// RestoreConversation brings a deleted conversation back as it was.
type RestoreConversation struct {
	Request
	ID uuid.UUID
}

// RestoreConversationHandler handles [RestoreConversation].
type RestoreConversationHandler struct{ Conversations }

// Handle restores the conversation; one that is there stays as it is. It needs
// the permission to delete, without which a deleted one is not found.
func (h RestoreConversationHandler) Handle(ctx context.Context, c RestoreConversation) (ConversationAnswer, error) {
	out, err := h.update(ctx, c.Request, c.ID, rules{
		deleted: true,
		permit:  func(f access.Facts, _ *conversation.Conversation) bool { return c.Actor.MayDelete(f) },
		decide:  func(l loadedConversation) ([]conversation.Event, error) { return l.State.Restore(l.Now) },
	})
	if err != nil {
		return ConversationAnswer{}, err
	}
	return h.answer(ctx, c.Actor, c.ID, out)
}
