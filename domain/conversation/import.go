package conversation

import (
	"strconv"
	"time"

	"parley/domain"
)

// ImportConversation asks for a whole conversation that took place elsewhere,
// with the times of then. Its people, customer and records are known to exist.
// MaxBytes bounds each body; 0 means [DefaultMessageBytes].
type ImportConversation struct {
	Import
	Organization string
	Name         string
	Owner        string
	CustomerUser string
	Customer     string
	Source       *domain.Record
	Contexts     []domain.Record
	StartedAt    time.Time
	Messages     []ImportedMessage
	ClosedAt     *time.Time
	MaxBytes     int
}

// ImportedMessage is a message of then; its sender is also its author.
type ImportedMessage struct {
	From domain.Person
	Body string
	At   time.Time
}

// Check returns everything that is wrong with the line by itself.
func (i ImportConversation) Check() []domain.FieldError {
	var p domain.Problems
	p.At("/key", domain.CheckID(i.Key))
	p.At("/name", CheckName(i.Name))
	if i.StartedAt.IsZero() {
		p.At("/started_at", "is required")
	}
	for n, m := range i.Messages {
		base := "/messages/" + strconv.Itoa(n)
		if m.At.IsZero() {
			p.At(base+"/at", "is required")
		}
		p.Merge(NewMessage{From: m.From, Author: m.From, Body: m.Body, MaxBytes: i.MaxBytes}.Check(base))
	}
	return p
}

// StartImported brings the whole conversation in at once. The same line again changes
// nothing, whatever happened to the conversation since; none brings a purged one
// back. Errors: conflict when another line has the key, invalid with all field
// errors.
func (c *Conversation) StartImported(i ImportConversation) ([]Event, error) {
	if c.Purged {
		return nil, nil
	}
	if c.Exists() {
		if c.Import != nil && *c.Import == i.Import {
			return nil, nil
		}
		return nil, domain.NewError(domain.CodeConflict, "Another conversation was imported under this key.")
	}
	if err := domain.Invalid(i.Check()...); err != nil {
		return nil, err
	}
	d := c.draft(i.StartedAt)
	d.begin(Started{
		Organization: i.Organization, Name: CleanName(i.Name),
		Owner: i.Owner, CustomerUser: i.CustomerUser, Customer: i.Customer,
		Source: i.Source, Import: &i.Import, At: i.StartedAt,
	}, i.Contexts)
	for _, m := range i.Messages {
		d.at = m.At
		d.message(NewMessage{From: m.From, Author: m.From, Body: m.Body})
	}
	if i.ClosedAt != nil {
		d.record(Closed{At: *i.ClosedAt})
	}
	return d.events, nil
}
