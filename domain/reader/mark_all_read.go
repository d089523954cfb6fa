package reader

import (
	"time"

	"parley/domain"
)

// MaxMarks bounds the marks of one event, so that it always fits an append.
const MaxMarks = 5000

// MarkAllRead asks to move a person's cursors in many conversations, each to
// the mark given: what the person was shown, in their own numbering.
type MarkAllRead struct {
	Organization string
	Person       domain.Person
	Marks        []Mark
}

// Check returns everything that is wrong with the request by itself.
func (m MarkAllRead) Check() []domain.FieldError {
	var p domain.Problems
	if len(m.Marks) > MaxMarks {
		p.At("/marks", "must be at most 5000 marks")
	}
	return p
}

// MarkAllRead moves those cursors forward that are behind their mark. Nothing
// happens when none is. Error: invalid with all field errors.
func (r *Reader) MarkAllRead(m MarkAllRead, now time.Time) ([]Event, error) {
	if err := domain.Invalid(m.Check()...); err != nil {
		return nil, err
	}
	var ahead []Mark
	for _, mark := range m.Marks {
		if mark.UpTo > r.Cursors[mark.Conversation] {
			ahead = append(ahead, mark)
		}
	}
	if len(ahead) == 0 {
		return nil, nil
	}
	return []Event{AllRead{Organization: m.Organization, Person: m.Person, Marks: ahead, At: now}}, nil
}
