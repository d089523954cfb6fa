package commands

import (
	"context"

	"github.com/google/uuid"

	"parley/domain"
	"parley/domain/access"
	"parley/domain/conversation"
)

// RemoveParticipant ends a person's part in a conversation: of another person,
// or by leaving it oneself.
type RemoveParticipant struct {
	Request
	ID     uuid.UUID
	Person domain.Person
}

// RemoveParticipantHandler handles [RemoveParticipant].
type RemoveParticipantHandler struct{ Conversations }

// Handle removes the person; nothing happens when they take no part. It needs
// edit, but a user may always leave; who is unknown or not in the actor's view
// is not found.
func (h RemoveParticipantHandler) Handle(ctx context.Context, c RemoveParticipant) (Done, error) {
	leaves := c.Person == c.Actor.Person && !c.Actor.IsCustomer()
	out, err := h.update(ctx, c.Request, c.ID, rules{
		find: func(loadedConversation) error {
			_, err := h.Directory.personInView(ctx, c.Actor, c.Person)
			return err
		},
		permit: func(f access.Facts, _ *conversation.Conversation) bool { return leaves || c.Actor.MayEdit(f) },
		decide: func(l loadedConversation) ([]conversation.Event, error) {
			return l.State.RemoveParticipant(c.Person, l.Now)
		},
	})
	return Done{out.Position}, err
}
