package commands

import (
	"context"

	"github.com/google/uuid"

	"parley/domain"
	"parley/domain/access"
	"parley/domain/conversation"
)

// AddMessage adds a message to a conversation. From is who it is shown as, the
// actor where it is nil. Internal is nil where the request does not say.
type AddMessage struct {
	Request
	ID       uuid.UUID
	Body     string
	From     *domain.Person
	Internal *bool
	// Attachments are the ids of files that the actor has uploaded.
	Attachments []string
}

// AddMessageHandler handles [AddMessage].
type AddMessageHandler struct{ Conversations }

// Handle adds the message with the next number. It needs view, and edit or being
// a participant; another sender needs the permission to act as one, an internal
// note that to write those. Files must be the actor's own and on no message yet;
// they are held while the message is decided. Errors: those, invalid with all field errors,
// conversation_closed.
func (h AddMessageHandler) Handle(ctx context.Context, c AddMessage) (MessageAnswer, error) {
	if err := h.Repository.enter(); err != nil {
		return MessageAnswer{}, err
	}
	defer h.Repository.leave()
	set, err := h.Directory.SettingsOf(ctx, c.Actor.Organization)
	if err != nil {
		return MessageAnswer{}, err
	}
	m := c.message(set.Limits.MessageBytes)
	if m.From != m.Author {
		c.OnBehalfOf = &m.From
	}
	held, err := h.hold(ctx, c.Request, c.ID, c.Attachments)
	if err != nil {
		return MessageAnswer{}, err
	}
	m.Attachments = held.files
	out, err := h.update(ctx, c.Request, c.ID, rules{
		permit: func(f access.Facts, _ *conversation.Conversation) bool {
			return c.Actor.MayAddMessage(f) && mayWrite(c.Actor, m, c.Internal != nil)
		},
		check: func(_ *conversation.Conversation, p *domain.Problems) error {
			p.Merge(m.Check(""))
			p.Merge(held.problems("/attachments"))
			l := h.lookup(ctx, c.Actor, p)
			if m.From != m.Author {
				l.sender("/from", m.From)
			}
			return l.err
		},
		decide: func(l loadedConversation) (_ []conversation.Event, err error) {
			if m.Mentions, err = h.mentioned(ctx, c.Actor, l.State, m.Body, m.Internal); err != nil {
				return nil, err
			}
			return l.State.AddMessage(m, c.Actor.Workflow, l.Now)
		},
	})
	held.settle(ctx, out.Repeated, err)
	if err != nil {
		return MessageAnswer{}, err
	}
	return h.messageAnswer(ctx, c.Actor, c.ID, out)
}

func (c AddMessage) message(limit int) conversation.NewMessage {
	m := conversation.NewMessage{Author: c.Actor.Person, From: c.Actor.Person, Body: c.Body, MaxBytes: limit}
	if c.From != nil {
		m.From = *c.From
	}
	m.Internal = c.Internal != nil && *c.Internal
	return m
}

// mayWrite reports whether the actor may write such a message at all. A customer
// user may not even say that a message is not internal.
func mayWrite(actor access.Actor, m conversation.NewMessage, saysInternal bool) bool {
	switch {
	case saysInternal && actor.IsCustomer(), m.Internal && !actor.Internal:
		return false
	case m.From != actor.Person && !actor.ActAs:
		return false
	}
	return true
}

// messageAnswer shows the message that the command added; when it was repeated,
// as it stands now.
func (c Conversations) messageAnswer(ctx context.Context, actor access.Actor, id uuid.UUID, out conversationOutcome) (MessageAnswer, error) {
	for _, e := range out.Events {
		m, ok := e.(conversation.MessageAdded)
		switch {
		case ok && out.Repeated:
			return c.messageNow(ctx, actor, id, domain.KindUser, m.Number, out)
		case ok:
			return c.showMessage(ctx, actor, id, m.Message(), out.Position)
		}
	}
	return MessageAnswer{}, errNoMessage
}
