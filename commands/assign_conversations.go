package commands

import (
	"context"

	"github.com/google/uuid"

	"parley/domain/eventlog"
)

// AssignConversations gives many conversations to one owner, each by itself.
type AssignConversations struct {
	Request
	IDs   []string
	Owner string
}

// AssignConversationsHandler handles [AssignConversations].
type AssignConversationsHandler struct{ Conversations }

// Handle gives each conversation to the owner as [UpdateConversationHandler]
// would, and says of the others why not. The request as a whole is refused as
// that of [DeleteConversationsHandler].
func (h AssignConversationsHandler) Handle(ctx context.Context, c AssignConversations) (MassAnswer, error) {
	return h.each(ctx, c.Request, c.IDs, func(one Request, id uuid.UUID) (eventlog.Position, error) {
		assigned, err := UpdateConversationHandler(h).Handle(ctx, UpdateConversation{Request: one, ID: id, Owner: &c.Owner})
		return assigned.Position, err
	})
}
