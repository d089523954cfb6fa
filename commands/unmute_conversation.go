package commands

import (
	"context"

	"github.com/google/uuid"

	"parley/domain/reader"
)

// UnmuteConversation asks for mail of a conversation to the actor again.
type UnmuteConversation struct {
	Request
	ID uuid.UUID
}

// UnmuteConversationHandler handles [UnmuteConversation].
type UnmuteConversationHandler struct{ Conversations }

// Handle ends the muting; nothing happens when the conversation is not muted. It
// needs to take part.
func (h UnmuteConversationHandler) Handle(ctx context.Context, c UnmuteConversation) (Done, error) {
	return h.mute(ctx, c.Request, c.ID, func(l Loaded[reader.Reader], m reader.Mute) []reader.Event {
		return l.State.Unmute(m, l.Now)
	})
}
