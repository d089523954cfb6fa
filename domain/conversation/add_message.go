package conversation

import (
	"time"

	"parley/domain"
	"parley/domain/access"
	"parley/domain/attachment"
)

// NewMessage asks for a message. Author writes it, From is who it is shown as,
// Mentions are the people whom it mentions and who may view it. Attachments are
// uploaded files that are held for this message. MaxBytes bounds the body; 0
// means [DefaultMessageBytes].
type NewMessage struct {
	Author      domain.Person
	From        domain.Person
	Body        string
	Internal    bool
	Mentions    []domain.Person
	Attachments attachment.Files
	MaxBytes    int
}

// Check returns everything that is wrong with the request by itself; base is
// the pointer to the message within the body of the request.
func (m NewMessage) Check(base string) []domain.FieldError {
	limit := m.MaxBytes
	if limit == 0 {
		limit = DefaultMessageBytes
	}
	var p domain.Problems
	p.At(base+"/body", CheckBody(m.Body, limit))
	if m.Internal && m.From.Kind == domain.KindCustomerUser {
		p.At(base+"/from", "must be a user when the message is internal")
	}
	return p
}

// AddMessage adds a message with the next numbers. Author and displayed sender
// join and become contexts when they do not take part yet. Where the workflow
// says so, the message of a customer user reopens a closed conversation; where
// it is off, a closed one takes messages and stays closed. Errors: not_found,
// invalid with all field errors, conversation_closed.
func (c *Conversation) AddMessage(m NewMessage, w access.Workflow, now time.Time) ([]Event, error) {
	if err := c.live(); err != nil {
		return nil, err
	}
	if err := domain.Invalid(m.Check("")...); err != nil {
		return nil, err
	}
	if err := c.checkBarred(m, ""); err != nil {
		return nil, err
	}
	if err := c.open(); err != nil && !w.Admits(m.Author.Kind) {
		return nil, err
	}
	d := c.draft(now)
	if c.Status != Active && w.ReopensFor(m.Author.Kind) {
		d.record(Reopened{Cause: ByReply, At: now})
	}
	d.message(m)
	return d.events, nil
}

func (d *draft) message(m NewMessage) {
	d.welcome(m.Author)
	d.welcome(m.From)
	e := MessageAdded{
		Number: d.state.MessageCount + 1, Body: domain.NormalizeText(m.Body),
		From: m.From, Author: m.Author, Internal: m.Internal, Mentions: newly(m.Mentions, nil), At: d.at, Attachments: m.Attachments,
	}
	if !m.Internal {
		e.PublicNumber = d.state.PublicCount + 1
	}
	d.record(e)
}
