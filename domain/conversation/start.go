package conversation

import (
	"time"

	"parley/domain"
)

// Start asks for a new conversation. Its people, customer and source are known
// to exist and to fit each other. Contexts are the chosen ones, in any order;
// repeated ones fold. Message is the first one, if any.
type Start struct {
	Organization string
	Name         string
	Owner        string
	CustomerUser string
	Customer     string
	Source       *domain.Record
	Contexts     []domain.Record
	Starter      domain.Person
	Message      *NewMessage
}

// Check returns everything that is wrong with the request by itself.
func (s Start) Check() []domain.FieldError {
	var p domain.Problems
	p.At("/name", CheckName(s.Name))
	if len(s.Contexts) > MaxChosenContexts {
		p.At("/contexts", "must be at most 100 contexts")
	}
	if s.Message != nil {
		p.Merge(s.Message.Check("/message"))
	}
	return p
}

// Start opens the conversation: owner and customer user take part; they, the
// source and the chosen records are its contexts; the first message is in.
// Errors: invalid with all field errors, conflict when it was started before,
// not_found when it was purged since.
func (c *Conversation) Start(s Start, now time.Time) ([]Event, error) {
	if err := domain.Invalid(s.Check()...); err != nil {
		return nil, err
	}
	if c.Purged {
		return nil, errNotFound
	}
	if c.Exists() {
		return nil, domain.NewError(domain.CodeConflict, "The conversation was already started.")
	}
	if s.Message != nil {
		if err := c.checkBarred(*s.Message, "/message"); err != nil {
			return nil, err
		}
	}
	d := c.draft(now)
	d.begin(Started{
		Organization: s.Organization, Name: CleanName(s.Name),
		Owner: s.Owner, CustomerUser: s.CustomerUser, Customer: s.Customer,
		Source: s.Source, Starter: s.Starter, At: now,
	}, s.Contexts)
	if s.Message != nil {
		d.message(*s.Message)
	}
	return d.events, nil
}

// begin records the start with what follows from it: participants and contexts.
func (d *draft) begin(e Started, chosen []domain.Record) {
	owner, customerUser := domain.User(e.Owner), domain.CustomerUser(e.CustomerUser)
	d.record(e)
	d.join(owner)
	d.join(customerUser)
	d.attach(domain.PersonRecord(owner))
	d.attach(domain.PersonRecord(customerUser))
	if e.Source != nil {
		d.attach(*e.Source)
	}
	for _, r := range chosen {
		d.attach(r)
	}
}
