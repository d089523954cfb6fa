package queries

import (
	"context"

	"github.com/google/uuid"

	"parley/domain"
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

const oneConversation clause = `select c.organization, c.conversation, 0 from conversations.conversations c
where c.organization = {organization} and c.conversation = {id} and not c.deleted and {visible}`

// Handle returns the conversation, or an error of domain.CodeNotFound when the
// actor may not view it.
func (h ConversationHandler) Handle(ctx context.Context, q Conversation) (ConversationResult, error) {
	if err := h.wait(ctx, q.MinPosition, conversations, inboxes, directory); err != nil {
		return ConversationResult{}, err
	}
	p := asSeenBy(q.Actor)
	p["page"], p["direction"] = oneConversation, ascending
	p["id"], p["visible"] = q.ID.String(), visibleRow(q.Actor)
	found, _, err := h.readConversations(ctx, q.Actor, p)
	if err != nil {
		return ConversationResult{}, err
	}
	if len(found) == 0 {
		return ConversationResult{}, noConversation()
	}
	return found[0], nil
}

func noConversation() error {
	return domain.NewError(domain.CodeNotFound, "There is no such conversation, or you may not view it.")
}
