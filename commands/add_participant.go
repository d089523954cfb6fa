package commands

import (
	"context"

	"github.com/google/uuid"

	"parley/domain"
	"parley/domain/access"
	"parley/domain/conversation"
)

// AddParticipant makes a person take part in a conversation.
type AddParticipant struct {
	Request
	ID     uuid.UUID
	Person domain.Person
}

// AddParticipantHandler handles [AddParticipant].
type AddParticipantHandler struct{ Conversations }

// Handle adds the person; one who takes part stays. It needs edit; who is
// unknown, removed or not in the actor's view is not found, who is disabled is
// invalid.
func (h AddParticipantHandler) Handle(ctx context.Context, c AddParticipant) (Done, error) {
	var person PersonView
	out, err := h.update(ctx, c.Request, c.ID, rules{
		find: func(loadedConversation) (err error) {
			person, err = h.Directory.personInView(ctx, c.Actor, c.Person)
			if err == nil && person.Removed {
				err = notFound("person")
			}
			return err
		},
		permit: func(f access.Facts, _ *conversation.Conversation) bool { return c.Actor.MayEdit(f) },
		check: func(_ *conversation.Conversation, p *domain.Problems) error {
			if !person.Enabled {
				p.Merge([]domain.FieldError{{Parameter: "person", Detail: "is disabled"}})
			}
			return nil
		},
		decide: func(l loadedConversation) ([]conversation.Event, error) {
			return l.State.AddParticipant(c.Person, l.Now)
		},
	})
	return Done{out.Position}, err
}

// personInView returns a person in the actor's view, who may be removed, or that
// there is no such person.
func (d *Directory) personInView(ctx context.Context, actor access.Actor, p domain.Person) (PersonView, error) {
	sees, err := d.MayViewPerson(ctx, actor, p)
	if err == nil && !sees {
		err = notFound("person")
	}
	if err != nil {
		return PersonView{}, err
	}
	return d.Person(ctx, actor.Organization, p)
}
