package reader

import (
	"time"

	"github.com/google/uuid"

	"parley/domain"
)

// MarkUnread asks to move a person's cursor in one conversation back to just
// before the message From; nil means the last one. Last is the number of its last
// message that the person sees, OwnRead what they have read by writing; all are
// in the person's own numbering.
type MarkUnread struct {
	Organization string
	Person       domain.Person
	Conversation uuid.UUID
	From         *int
	Last         int
	OwnRead      int
}

// Check returns everything that is wrong with the request by itself.
func (m MarkUnread) Check() []domain.FieldError {
	var p domain.Problems
	if m.From != nil && *m.From < 1 {
		p.At("/from", "must be at least 1")
	}
	return p
}

// MarkUnread moves the cursor back, from beyond the last message as from the
// last. Nothing happens where that message is unread already, or where there is
// none. Error: invalid with all field errors.
func (r *Reader) MarkUnread(m MarkUnread, now time.Time) ([]Event, error) {
	if err := domain.Invalid(m.Check()...); err != nil {
		return nil, err
	}
	from := m.Last
	if m.From != nil {
		from = min(from, *m.From)
	}
	if from > r.Cursor(m.Conversation, m.OwnRead) || from == 0 {
		return nil, nil
	}
	return []Event{ConversationMarkedUnread{
		Organization: m.Organization, Person: m.Person,
		Conversation: m.Conversation, From: from, OwnRead: m.OwnRead, At: now,
	}}, nil
}
