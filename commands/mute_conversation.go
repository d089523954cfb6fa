package commands

import (
	"context"

	"github.com/google/uuid"

	"parley/domain/access"
	"parley/domain/conversation"
	"parley/domain/reader"
)

// MuteConversation asks for no more mail of a conversation to the actor, while
// the actor takes part in it.
type MuteConversation struct {
	Request
	ID uuid.UUID
}

// MuteConversationHandler handles [MuteConversation].
type MuteConversationHandler struct{ Conversations }

// Handle mutes the conversation for the actor alone; nothing happens when it is
// muted. It needs to take part. The conversation itself does not change.
func (h MuteConversationHandler) Handle(ctx context.Context, c MuteConversation) (Done, error) {
	return h.mute(ctx, c.Request, c.ID, func(l Loaded[reader.Reader], m reader.Mute) []reader.Event {
		return l.State.Mute(m, l.Now)
	})
}

// mute decides what a participant does to the muting of a conversation.
func (c Conversations) mute(ctx context.Context, req Request, id uuid.UUID, decide func(Loaded[reader.Reader], reader.Mute) []reader.Event) (Done, error) {
	ask := reader.Mute{Organization: req.Actor.Organization, Person: req.Actor.Person, Conversation: id}
	takesPart := rules{permit: func(f access.Facts, _ *conversation.Conversation) bool { return f.Participant }}
	var seen Done
	out, err := c.Readers.Update(ctx, reader.ID(ask.Organization, ask.Person), req,
		func(l Loaded[reader.Reader]) (events []reader.Event, err error) {
			var state *conversation.Conversation
			if state, seen, err = c.look(ctx, req, id, takesPart); err != nil {
				return nil, err
			}
			part, _ := state.Participant(ask.Person)
			ask.Stay = part.Stay
			return decide(l, ask), nil
		})
	return Done{max(seen.Position, out.Position)}, err
}
