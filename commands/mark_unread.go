package commands

import (
	"context"

	"github.com/google/uuid"

	"parley/domain"
	"parley/domain/conversation"
	"parley/domain/reader"
)

// MarkUnread moves the actor's read cursor in a conversation back to just before
// a message; a nil From is the last one.
type MarkUnread struct {
	Request
	ID   uuid.UUID
	From *int
}

// MarkUnreadHandler handles [MarkUnread].
type MarkUnreadHandler struct{ Conversations }

// Handle moves the cursor back, also over what the actor wrote. It needs view;
// who takes no part leaves no trace. Error: invalid with all field errors.
func (h MarkUnreadHandler) Handle(ctx context.Context, c MarkUnread) (Done, error) {
	mark := reader.MarkUnread{Organization: c.Actor.Organization, Person: c.Actor.Person, Conversation: c.ID, From: c.From}
	wellFormed := rules{check: func(_ *conversation.Conversation, p *domain.Problems) error {
		p.Merge(mark.Check())
		return nil
	}}
	var seen Done
	out, err := h.Readers.Update(ctx, reader.ID(mark.Organization, mark.Person), c.Request,
		func(l Loaded[reader.Reader]) (events []reader.Event, err error) {
			var state *conversation.Conversation
			if state, seen, err = h.look(ctx, c.Request, c.ID, wellFormed); err != nil {
				return nil, err
			}
			part, in := state.Participant(mark.Person)
			if !in {
				return nil, nil
			}
			mark.Last, mark.OwnRead = state.Count(mark.Person.Kind), part.OwnRead
			return l.State.MarkUnread(mark, l.Now)
		})
	return Done{max(seen.Position, out.Position)}, err
}
