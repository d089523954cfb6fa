package commands

import (
	"context"

	"github.com/google/uuid"

	"parley/domain"
	"parley/domain/conversation"
	"parley/domain/reader"
)

// MarkRead moves the actor's read cursor in a conversation, up to the number of
// the last message that was shown.
type MarkRead struct {
	Request
	ID   uuid.UUID
	UpTo int
}

// MarkReadHandler handles [MarkRead].
type MarkReadHandler struct{ Conversations }

// Handle moves the cursor forward. It needs view; who takes no part leaves no
// trace. Error: invalid with all field errors.
func (h MarkReadHandler) Handle(ctx context.Context, c MarkRead) (Done, error) {
	actor := c.Actor
	mark := reader.MarkRead{Organization: actor.Organization, Person: actor.Person, Conversation: c.ID, UpTo: c.UpTo}
	var seen Done
	out, err := h.Readers.Update(ctx, reader.ID(actor.Organization, actor.Person), c.Request,
		func(l Loaded[reader.Reader]) (events []reader.Event, err error) {
			var part bool
			if seen, part, err = h.look(ctx, c, &mark); err != nil || !part {
				return nil, err
			}
			return l.State.MarkRead(mark, l.Now)
		})
	return Done{max(seen.Position, out.Position)}, err
}

// look refuses, or completes the mark from the conversation and tells whether
// the actor takes part in it.
func (h MarkReadHandler) look(ctx context.Context, c MarkRead, mark *reader.MarkRead) (seen Done, part bool, err error) {
	var state *conversation.Conversation
	var at loadedConversation
	err = h.Repository.View(ctx, c.ID, func(l loadedConversation) {
		state = conversation.Aggregate.Copy(l.State)
		at = l
	})
	if err != nil {
		return Done{}, false, err
	}
	at.State = state
	err = h.refuse(ctx, c.Request, at, rules{check: func(_ *conversation.Conversation, p *domain.Problems) error {
		p.Merge(mark.Check())
		return nil
	}})
	if err != nil {
		return Done{}, false, err
	}
	p, part := state.Participant(c.Actor.Person)
	mark.Last, mark.OwnRead = state.Count(c.Actor.Person.Kind), p.OwnRead
	return Done{at.Position}, part, nil
}
