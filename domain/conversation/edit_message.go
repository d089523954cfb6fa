package conversation

import (
	"slices"
	"time"

	"parley/domain"
	"parley/domain/access"
)

// EditMessage asks for another body of a message, which is given as it stands.
// Mentions are the people whom the new body mentions and who may view it.
// MaxBytes bounds the body; 0 means [DefaultMessageBytes].
type EditMessage struct {
	Message  Message
	Body     string
	Mentions []domain.Person
	MaxBytes int
}

// Check returns everything that is wrong with the request by itself.
func (e EditMessage) Check() []domain.FieldError {
	return NewMessage{Body: e.Body, MaxBytes: e.MaxBytes}.Check("")
}

// MayEdit reports whether the person may edit the message now: only its author
// may, as long as the window is open. A window of 0 never is.
func (m Message) MayEdit(p domain.Person, window time.Duration, now time.Time) bool {
	return m.Author == p && now.Sub(m.At) < window && window > 0
}

// EditMessage gives a message another body, in a closed conversation only where
// the workflow is off. The same body again changes nothing. Errors: not_found,
// invalid with all field errors, conversation_closed, conflict for a message that
// was redacted.
func (c *Conversation) EditMessage(e EditMessage, w access.Workflow, now time.Time) ([]Event, error) {
	if err := c.live(); err != nil {
		return nil, err
	}
	if err := domain.Invalid(e.Check()...); err != nil {
		return nil, err
	}
	if err := c.open(); err != nil && !w.Off {
		return nil, err
	}
	m, body := e.Message, domain.NormalizeText(e.Body)
	switch {
	case m.Redacted:
		return nil, domain.NewError(domain.CodeConflict, "The message was redacted and cannot be edited any more; write another one.")
	case body == m.Body:
		return nil, nil
	}
	return []Event{MessageEdited{
		Number: m.Number, PublicNumber: m.PublicNumber, Body: body, Internal: m.Internal,
		Mentions: newly(e.Mentions, m.Mentions), Mentioned: m.Mentions, At: now,
	}}, nil
}

// newly returns the people who are not among those of before, as many as are
// still to be told.
func newly(people, before []domain.Person) (fresh []domain.Person) {
	for _, p := range people {
		if len(before)+len(fresh) < MaxMentions && !slices.Contains(before, p) {
			fresh = append(fresh, p)
		}
	}
	return fresh
}
