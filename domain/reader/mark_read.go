package reader

import (
	"time"

	"github.com/google/uuid"

	"parley/domain"
)

// MarkRead asks to move a person's cursor in one conversation. Last is the
// number of its last message that the person sees, OwnRead what they have read
// by writing; all are in the person's own numbering.
type MarkRead struct {
	Organization string
	Person       domain.Person
	Conversation uuid.UUID
	UpTo         int
	Last         int
	OwnRead      int
}

// Check returns everything that is wrong with the request by itself.
func (m MarkRead) Check() []domain.FieldError {
	var p domain.Problems
	if m.UpTo < 0 {
		p.At("/up_to", "must not be negative")
	}
	return p
}

// Cursor returns how far the person has read in a conversation, given what they
// have read by writing: that counts only where they wrote it after they last
// marked the conversation unread.
func (r *Reader) Cursor(conversation uuid.UUID, ownRead int) int {
	cursor := r.Cursors[conversation]
	if ownRead > r.Rewound[conversation] {
		cursor = max(cursor, ownRead)
	}
	return cursor
}

// MarkRead moves the cursor forward, at most to the last message. Nothing
// happens when it is there or beyond. Error: invalid with all field errors.
func (r *Reader) MarkRead(m MarkRead, now time.Time) ([]Event, error) {
	if err := domain.Invalid(m.Check()...); err != nil {
		return nil, err
	}
	upTo := min(m.UpTo, m.Last)
	if upTo <= r.Cursor(m.Conversation, m.OwnRead) {
		return nil, nil
	}
	return []Event{ConversationRead{
		Organization: m.Organization, Person: m.Person,
		Conversation: m.Conversation, UpTo: upTo, At: now,
	}}, nil
}
