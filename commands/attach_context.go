package commands

import (
	"context"

	"github.com/google/uuid"

	"parley/domain"
	"parley/domain/access"
	"parley/domain/conversation"
)

// AttachContext shows a conversation in the activities of a record or person.
type AttachContext struct {
	Request
	ID      uuid.UUID
	Context domain.Record
}

// AttachContextHandler handles [AttachContext].
type AttachContextHandler struct{ Conversations }

// Handle attaches the context; one that is there stays. It needs edit; what is
// unknown, removed or not in the actor's view is not found.
func (h AttachContextHandler) Handle(ctx context.Context, c AttachContext) (Done, error) {
	out, err := h.update(ctx, c.Request, c.ID, rules{
		find: func(loadedConversation) error {
			_, here, err := h.Directory.recordInView(ctx, c.Actor, c.Context)
			if err == nil && !here {
				err = notFound("record")
			}
			return err
		},
		permit: func(f access.Facts, _ *conversation.Conversation) bool { return c.Actor.MayEdit(f) },
		decide: func(l loadedConversation) ([]conversation.Event, error) {
			return l.State.AttachContext(c.Context, l.Now)
		},
	})
	return Done{out.Position}, err
}
