package queries

import (
	"context"
	_ "embed"
	"fmt"
	"time"

	"github.com/google/uuid"

	"parley/domain"
	"parley/domain/access"
	"parley/domain/eventlog"
	"parley/domain/sqldb"
)

//go:embed readers.sql
var readersSQL clause

// Readers asks who has seen a message. Number is the one that the actor sees.
type Readers struct {
	Actor        access.Actor
	Conversation uuid.UUID
	Number       int
	MinPosition  eventlog.Position
}

// ReadersResult is the people who take part and have seen the message, in the
// order of their joining.
type ReadersResult struct{ Items []Reader }

// Reader is a person, how far they have read in the actor's numbering, and when
// they had. A customer user is told neither: both would move with internal notes.
type Reader struct {
	Person   Person
	ReadUpTo *int
	ReadAt   *time.Time
}

// ReadersHandler answers [Readers].
type ReadersHandler struct{ Sources }

// What a customer user sees of a message's readers is oneself and the owner, and
// of the owner only what reading and public messages tell.
const (
	seenByAnybody clause = `t.participant and case when t.kind = 'customer_user'
    then not m.internal and t.cursor >= m.public_number else t.cursor >= m.number end`
	seenByOwnerOrMe clause = `t.participant and (
    t.kind = {kind} and t.person = {person} and t.cursor >= m.public_number
    or t.kind = 'user' and t.person = c.owner
      and (t.read >= m.number or t.own_public > coalesce(t.rewound, 0) and t.own_public >= m.number))`
)

// Handle returns the readers, or an error of domain.CodeNotFound when the actor
// may not view the conversation, or sees no message of that number.
func (h ReadersHandler) Handle(ctx context.Context, q Readers) (ReadersResult, error) {
	messages := Messages{Actor: q.Actor, Conversation: q.Conversation}
	if err := h.wait(ctx, q.MinPosition, timelines, conversations, inboxes, directory); err != nil {
		return ReadersResult{}, err
	}
	counts, err := MessagesHandler(h).countMessages(ctx, messages)
	if err != nil {
		return ReadersResult{}, err
	}
	if q.Number < 1 || int64(q.Number) > messages.count(counts) {
		return ReadersResult{}, domain.NewError(domain.CodeNotFound, "There is no such message, or you may not see it.")
	}
	messages.Before, messages.After = new(q.Number+1), new(q.Number-1)
	p := messages.params(counts)
	p["seen"], p["kind"], p["person"], p["cursor"] = seenByAnybody, string(q.Actor.Person.Kind), q.Actor.Person.ID, overallCursor
	if q.Actor.IsCustomer() {
		p["seen"] = seenByOwnerOrMe
	}
	items, err := collect(ctx, h.DB, p, readersSQL, func(row sqldb.Row) (Reader, error) { return scanReader(row, q.Actor) })
	if err != nil {
		return ReadersResult{}, fmt.Errorf("read readers: %w", err)
	}
	return ReadersResult{items}, nil
}

func scanReader(row sqldb.Row, a access.Actor) (Reader, error) {
	var (
		kind, id, name string
		upTo, at       int64
	)
	err := row.Scan(&kind, &id, &name, &upTo, &at)
	r := Reader{Person: person(kind, id, name)}
	if !a.IsCustomer() {
		r.ReadUpTo, r.ReadAt = new(int(upTo)), new(timeOf(at))
	}
	return r, err
}
