package queries

import (
	"context"

	"github.com/google/uuid"

	"parley/domain/access"
	"parley/domain/eventlog"
)

// Messages asks for a run of a conversation's messages: the last ones, those
// before a number, or those after one. Numbers are those that the actor sees.
type Messages struct {
	Actor        access.Actor
	Conversation uuid.UUID
	Limit        int  // 0: 5; at most 200
	Before       *int // exclusive
	After        *int // exclusive; decides from which end the run is cut
	MinPosition  eventlog.Position
}

// MessagesResult is the run, oldest first, and whether there is more around it.
type MessagesResult struct {
	Items    []Message
	HasOlder bool
	HasNewer bool
}

// MessagesHandler answers [Messages].
type MessagesHandler struct{ Sources }

// Handle returns the run, or an error of domain.CodeNotFound when the actor may
// not view the conversation.
func (h MessagesHandler) Handle(ctx context.Context, q Messages) (MessagesResult, error) {
	return MessagesResult{}, nil
}
