package commands

import (
	"context"

	"github.com/google/uuid"

	"parley/domain"
	"parley/domain/access"
	"parley/domain/conversation"
)

// UpdateConversation changes what a conversation is called, whose it is and what
// it was initiated from. Nil leaves a value as it is; ClearSource unties it from
// its source.
type UpdateConversation struct {
	Request
	ID           uuid.UUID
	Name         *string
	Owner        *string
	CustomerUser *string
	Customer     *string
	Source       *domain.Record
	ClearSource  bool
}

// UpdateConversationHandler handles [UpdateConversation].
type UpdateConversationHandler struct{ Conversations }

// Handle changes what differs, also while the conversation is closed. Another
// owner needs assign, everything else edit. Errors: those, invalid with all
// field errors.
func (h UpdateConversationHandler) Handle(ctx context.Context, c UpdateConversation) (ConversationAnswer, error) {
	var update conversation.Update
	out, err := h.update(ctx, c.Request, c.ID, rules{
		permit: c.permitted,
		check: func(s *conversation.Conversation, p *domain.Problems) error {
			l := h.lookup(ctx, c.Actor, p)
			update = l.update(c, s)
			p.Merge(update.Check())
			return l.err
		},
		decide: func(l loadedConversation) ([]conversation.Event, error) { return l.State.Update(update, l.Now) },
	})
	if err != nil {
		return ConversationAnswer{}, err
	}
	return h.answer(ctx, c.Actor, c.ID, out)
}

// permitted asks assign of what names another owner, and edit of what says
// anything else, or nothing.
func (c UpdateConversation) permitted(f access.Facts, s *conversation.Conversation) bool {
	assigns := c.Owner != nil && *c.Owner != s.Owner
	edits := c.Name != nil || c.CustomerUser != nil || c.Customer != nil || c.Source != nil || c.ClearSource
	switch {
	case assigns && !c.Actor.MayAssign(f):
		return false
	case assigns && !edits:
		return true
	}
	return c.Actor.MayEdit(f)
}

// update resolves what is asked for and notes what is wrong with it. What stays
// as it is may also be somebody who has since been disabled or removed.
func (l *lookup) update(c UpdateConversation, s *conversation.Conversation) conversation.Update {
	u := conversation.Update{Name: c.Name, Owner: c.Owner, Source: c.Source, ClearSource: c.ClearSource}
	if c.Owner != nil && *c.Owner != s.Owner {
		l.person("/owner", domain.User(*c.Owner))
	}
	if c.Source != nil && (s.Source == nil || *c.Source != *s.Source) {
		l.record("/source", *c.Source)
	}
	l.updateCustomer(c, s, &u)
	return u
}

// updateCustomer resolves customer user and customer, which always fit.
func (l *lookup) updateCustomer(c UpdateConversation, s *conversation.Conversation, u *conversation.Update) {
	if c.CustomerUser != nil && *c.CustomerUser != s.CustomerUser {
		known, _ := l.person("/customer_user", domain.CustomerUser(*c.CustomerUser))
		l.fits(c.Customer, known)
		u.CustomerUser, u.Customer = c.CustomerUser, &known.Customer
		return
	}
	if c.Customer == nil || *c.Customer == s.Customer {
		return
	}
	known, err := l.directory.Person(l.ctx, l.actor.Organization, domain.CustomerUser(s.CustomerUser))
	l.keep(err)
	l.fits(c.Customer, known)
	u.Customer = c.Customer
}
