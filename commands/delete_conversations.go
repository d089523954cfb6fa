package commands

import (
	"context"

	"github.com/google/uuid"

	"parley/domain/eventlog"
)

// DeleteConversations deletes many conversations, each by itself.
type DeleteConversations struct {
	Request
	IDs []string
}

// DeleteConversationsHandler handles [DeleteConversations].
type DeleteConversationsHandler struct{ Conversations }

// Handle deletes each conversation as [DeleteConversationHandler] would, and
// says of the others why not. Only the request as a whole is refused: more than
// [MaxMass] ids, what is wrong with its shape, or a key of another request.
func (h DeleteConversationsHandler) Handle(ctx context.Context, c DeleteConversations) (MassAnswer, error) {
	return h.each(ctx, c.Request, c.IDs, func(one Request, id uuid.UUID) (eventlog.Position, error) {
		done, err := DeleteConversationHandler(h).Handle(ctx, DeleteConversation{Request: one, ID: id})
		return done.Position, err
	})
}
