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
	mark := reader.MarkRead{Organization: c.Actor.Organization, Person: c.Actor.Person, Conversation: c.ID, UpTo: c.UpTo}
	var seen Done
	out, err := h.Readers.Update(ctx, reader.ID(mark.Organization, mark.Person), c.Request,
		func(l Loaded[reader.Reader]) (events []reader.Event, err error) {
			var part bool
			if seen, part, err = h.complete(ctx, c, &mark); err != nil || !part {
				return nil, err
			}
			return l.State.MarkRead(mark, l.Now)
		})
	return Done{max(seen.Position, out.Position)}, err
}

// complete refuses, or completes the mark from the conversation and tells whether
// the actor takes part in it.
func (h MarkReadHandler) complete(ctx context.Context, c MarkRead, mark *reader.MarkRead) (seen Done, part bool, err error) {
	state, seen, err := h.look(ctx, c.Request, c.ID, rules{check: func(_ *conversation.Conversation, p *domain.Problems) error {
		p.Merge(mark.Check())
		return nil
	}})
	if err != nil {
		return Done{}, false, err
	}
	p, part := state.Participant(c.Actor.Person)
	mark.Last, mark.OwnRead = state.Count(c.Actor.Person.Kind), p.OwnRead
	return seen, part, nil
}

// look refuses as the rules say, or returns a copy of the conversation and where
// it stands, for commands that do not change it.
func (c Conversations) look(ctx context.Context, req Request, id uuid.UUID, r rules) (*conversation.Conversation, Done, error) {
	var at loadedConversation
	err := c.Repository.View(ctx, id, func(l loadedConversation) {
		at = l
		at.State = conversation.Aggregate.Copy(l.State)
	})
	if err == nil {
		err = c.refuse(ctx, req, at, r)
	}
	if err != nil {
		return nil, Done{}, err
	}
	return at.State, Done{at.Position}, nil
}
