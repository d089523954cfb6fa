package commands

import (
	"context"

	"github.com/google/uuid"

	"parley/domain"
	"parley/domain/access"
	"parley/domain/conversation"
)

// DetachContext takes a conversation out of the activities of a record or
// person.
type DetachContext struct {
	Request
	ID      uuid.UUID
	Context domain.Record
}

// DetachContextHandler handles [DetachContext].
type DetachContextHandler struct{ Conversations }

// Handle detaches the context; nothing happens when it is none. It needs edit;
// what is unknown or not in the actor's view is not found. A context that the
// commerce system has removed can still be detached.
func (h DetachContextHandler) Handle(ctx context.Context, c DetachContext) (Done, error) {
	out, err := h.update(ctx, c.Request, c.ID, rules{
		find: func(loadedConversation) error {
			sees, err := h.Directory.MayViewRecord(ctx, c.Actor, c.Context)
			if err == nil && !sees {
				err = notFound("record")
			}
			return err
		},
		permit: func(f access.Facts, _ *conversation.Conversation) bool { return c.Actor.MayEdit(f) },
		decide: func(l loadedConversation) ([]conversation.Event, error) {
			return l.State.DetachContext(c.Context, l.Now)
		},
	})
	return Done{out.Position}, err
}
