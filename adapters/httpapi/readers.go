package httpapi

import (
	"time"

	"parley/queries"
)

// Readers are the people who have seen a message.
type Readers struct {
	Items []Reader `json:"items"`
}

// Reader is a person who takes part and has seen the message, and how far they
// have read since when. Customer users are told who, and no more.
type Reader struct {
	Person   Person     `json:"person"`
	ReadUpTo *int       `json:"read_up_to,omitempty" doc:"Number of the last message that the person has read; absent for customer users."`
	ReadAt   *time.Time `json:"read_at,omitempty" doc:"When they had read so far; absent for customer users."`
}

func readerShape(r queries.Reader) Reader {
	shape := Reader{Person: personShape(r.Person), ReadUpTo: r.ReadUpTo}
	if r.ReadAt != nil {
		shape.ReadAt = new(r.ReadAt.UTC())
	}
	return shape
}

func (a *api) listReaders() operation {
	op := answering[Readers](operation{
		method: "GET", path: "/v1/conversations/{id}/messages/{number}/readers", id: "list-readers", tag: tagMessages,
		summary: "See who has seen a message: customer users see themselves and the owner", success: 200,
	})
	return query(op, rightToView, func(c *call, _ struct{}) (answer, error) {
		id, number, err := c.message()
		if err != nil {
			return answer{}, err
		}
		seen, err := a.config.Queries.Readers.Handle(c.r.Context(),
			queries.Readers{Actor: c.actor, Conversation: id, Number: number, MinPosition: c.minPosition})
		if err != nil {
			return answer{}, err
		}
		return answer{status: 200, body: Readers{shown(seen.Items, readerShape)}}, nil
	})
}
