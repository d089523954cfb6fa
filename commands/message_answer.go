package commands

import (
	"context"
	"errors"

	"github.com/google/uuid"

	"parley/domain"
	"parley/domain/access"
	"parley/domain/conversation"
	"parley/domain/eventlog"
)

var errNoMessage = errors.New("the message of the command cannot be found again")

// messageNow shows a message, by its number in a kind's numbering, as it stands
// in the outcome's state.
func (c Conversations) messageNow(ctx context.Context, actor access.Actor, id uuid.UUID, kind domain.Kind, number int, out conversationOutcome) (MessageAnswer, error) {
	if !out.State.Exists() {
		return MessageAnswer{}, notFound("conversation")
	}
	m, found, err := transcript{c.Repository, id, out.State}.message(ctx, kind, number)
	if err == nil && !found {
		err = errNoMessage
	}
	if err != nil {
		return MessageAnswer{}, err
	}
	return c.showMessage(ctx, actor, id, m, out.Position)
}

// showMessage shows a message to the actor.
func (c Conversations) showMessage(ctx context.Context, actor access.Actor, id uuid.UUID, m conversation.Message, at eventlog.Position) (MessageAnswer, error) {
	v := view{Conversations: c, ctx: ctx, actor: actor, id: id}
	a := v.message(m)
	a.Position = at
	return a, v.err
}
