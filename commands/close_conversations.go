package commands

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"parley/domain"
	"parley/domain/conversation"
	"parley/domain/eventlog"
)

// CloseConversations closes many conversations, each by itself, for one reason,
// which may be empty.
type CloseConversations struct {
	Request
	IDs    []string
	Reason string
}

// CloseConversationsHandler handles [CloseConversations].
type CloseConversationsHandler struct{ Conversations }

// Handle closes each conversation as [CloseConversationHandler] would, and says
// of the others why not. The request as a whole is refused as that of
// [DeleteConversationsHandler], and for its reason.
func (h CloseConversationsHandler) Handle(ctx context.Context, c CloseConversations) (MassAnswer, error) {
	c.Shape = withReason(c.Shape, c.Reason)
	return h.each(ctx, c.Request, c.IDs, func(one Request, id uuid.UUID) (eventlog.Position, error) {
		closed, err := CloseConversationHandler(h).Handle(ctx, CloseConversation{Request: one, ID: id, Reason: c.Reason})
		return closed.Position, err
	})
}

// withReason adds to the shape's errors what is wrong with a transition's reason.
func withReason(shape []domain.FieldError, reason string) []domain.FieldError {
	problems := domain.Problems(slices.Clone(shape))
	if wrong := conversation.CheckReason(reason); wrong != "" {
		problems.Merge([]domain.FieldError{{Pointer: "/reason", Detail: wrong}})
	}
	return problems
}
