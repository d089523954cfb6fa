package commands

import (
	"context"

	"github.com/google/uuid"

	"parley/domain/access"
	"parley/domain/conversation"
)

// RedactMessage takes the body of a message and its attachments out of sight, for
// good. Number is in
// the numbering of the actor's kind.
type RedactMessage struct {
	Request
	ID     uuid.UUID
	Number int
}

// RedactMessageHandler handles [RedactMessage].
type RedactMessageHandler struct{ Conversations }

// Handle redacts the message, however old it is and also in a closed
// conversation; a redacted one stays so. It needs the permission to administer.
// Errors: not_found, also for a number that the actor does not see; forbidden.
func (h RedactMessageHandler) Handle(ctx context.Context, c RedactMessage) (Done, error) {
	var message conversation.Message
	out, err := h.update(ctx, c.Request, c.ID, rules{
		find: func(l loadedConversation) (err error) {
			message, err = h.findMessage(ctx, c.Actor, c.ID, c.Number, l)
			return err
		},
		permit: func(access.Facts, *conversation.Conversation) bool { return c.Actor.Administer },
		decide: func(l loadedConversation) ([]conversation.Event, error) {
			return l.State.RedactMessage(message, l.Now)
		},
	})
	return Done{out.Position}, err
}
