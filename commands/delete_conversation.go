package commands

import (
	"context"

	"github.com/google/uuid"

	"parley/domain/access"
	"parley/domain/conversation"
)

// DeleteConversation hides a conversation everywhere; its history is kept.
type DeleteConversation struct {
	Request
	ID uuid.UUID
}

// DeleteConversationHandler handles [DeleteConversation].
type DeleteConversationHandler struct{ Conversations }

// Handle deletes the conversation; a deleted one stays so. It needs the
// permission to delete, without which a deleted one is not found.
func (h DeleteConversationHandler) Handle(ctx context.Context, c DeleteConversation) (Done, error) {
	out, err := h.update(ctx, c.Request, c.ID, rules{
		deleted: true,
		permit:  func(f access.Facts, _ *conversation.Conversation) bool { return c.Actor.MayDelete(f) },
		decide:  func(l loadedConversation) ([]conversation.Event, error) { return l.State.Delete(l.Now) },
	})
	return Done{out.Position}, err
}
