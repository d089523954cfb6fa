package commands

import (
	"context"
	"time"

	"github.com/google/uuid"

	"parley/domain"
	"parley/domain/access"
	"parley/domain/conversation"
)

// EditMessage gives a message another body. Number is in the numbering of the
// actor's kind.
type EditMessage struct {
	Request
	ID     uuid.UUID
	Number int
	Body   string
}

// EditMessageHandler handles [EditMessage].
type EditMessageHandler struct{ Conversations }

// Handle edits the message; the same body again changes nothing. Only its author
// may, who may still add messages to the conversation, and within the edit
// window. Errors: not_found, also for a number that the actor does not see;
// forbidden, invalid with all field errors, conversation_closed, conflict for a
// redacted message.
func (h EditMessageHandler) Handle(ctx context.Context, c EditMessage) (MessageAnswer, error) {
	if err := h.Repository.enter(); err != nil {
		return MessageAnswer{}, err
	}
	defer h.Repository.leave()
	set, err := h.Directory.SettingsOf(ctx, c.Actor.Organization)
	if err != nil {
		return MessageAnswer{}, err
	}
	edit := conversation.EditMessage{Body: c.Body, MaxBytes: set.Limits.MessageBytes}
	out, err := h.update(ctx, c.Request, c.ID, rules{
		find: func(l loadedConversation) (err error) {
			if edit.Message, err = h.findMessage(ctx, c.Actor, c.ID, c.Number, l); err != nil {
				return err
			}
			return mayEdit(c.Actor, edit.Message, set.Limits.EditWindow, l.Now)
		},
		permit: func(f access.Facts, _ *conversation.Conversation) bool { return c.Actor.MayAddMessage(f) },
		check: func(_ *conversation.Conversation, p *domain.Problems) error {
			p.Merge(edit.Check())
			return nil
		},
		decide: func(l loadedConversation) (_ []conversation.Event, err error) {
			if edit.Mentions, err = h.mentioned(ctx, c.Actor, l.State, c.Body, edit.Message.Internal); err != nil {
				return nil, err
			}
			return l.State.EditMessage(edit, c.Actor.Workflow, l.Now)
		},
	})
	if err != nil {
		return MessageAnswer{}, err
	}
	return h.messageNow(ctx, c.Actor, c.ID, c.Actor.Person.Kind, c.Number, out)
}

// mayEdit refuses who did not write the message, and who did, once the window is
// closed, with a word on what remains to be done.
func mayEdit(actor access.Actor, m conversation.Message, window time.Duration, now time.Time) error {
	switch {
	case m.Author != actor.Person:
		return domain.NewError(domain.CodeForbidden, "Only who wrote a message may edit it; add a message of your own.")
	case !m.MayEdit(actor.Person, window, now):
		return domain.NewError(domain.CodeForbidden, "The message is too old to be edited; add another one that corrects it.")
	}
	return nil
}

// findMessage returns the message of a number that the actor sees, as it stands,
// or that there is none.
func (c Conversations) findMessage(ctx context.Context, actor access.Actor, id uuid.UUID, number int, l loadedConversation) (conversation.Message, error) {
	m, found, err := transcript{c.Repository, id, l.State}.message(ctx, actor.Person.Kind, number)
	if err == nil && !found {
		err = notFound("message")
	}
	return m, err
}
