package commands

import (
	"context"
	"slices"
	"strconv"

	"parley/domain"
	"parley/domain/reader"
)

// MarkAllRead moves the actor's read cursors in many conversations, each to its
// mark: what the actor was shown as unread, in the actor's own numbering.
type MarkAllRead struct {
	Request
	Marks []reader.Mark
}

// MarkAllReadHandler handles [MarkAllRead].
type MarkAllReadHandler struct{ Conversations }

// Handle moves the cursors forward, by an event for every [reader.MaxMarks].
func (h MarkAllReadHandler) Handle(ctx context.Context, c MarkAllRead) (Done, error) {
	if err := domain.Invalid(c.Shape...); err != nil {
		return Done{}, err
	}
	// Without marks there still is a stream whose position to answer with.
	parts := slices.AppendSeq([][]reader.Mark{}, slices.Chunk(c.Marks, reader.MaxMarks))
	if len(parts) == 0 {
		parts = append(parts, nil)
	}
	var done Done
	for i, marks := range parts {
		out, err := h.mark(ctx, c.part(i), marks)
		if err != nil {
			return Done{}, err
		}
		done.Position = max(done.Position, out.Position)
	}
	return done, nil
}

func (h MarkAllReadHandler) mark(ctx context.Context, req Request, marks []reader.Mark) (Outcome[reader.Reader, reader.Event], error) {
	ask := reader.MarkAllRead{Organization: req.Actor.Organization, Person: req.Actor.Person, Marks: marks}
	return h.Readers.Update(ctx, reader.ID(ask.Organization, ask.Person), req,
		func(l Loaded[reader.Reader]) ([]reader.Event, error) { return l.State.MarkAllRead(ask, l.Now) })
}

// part is the request for one event of several: a key stands for one append, so
// each has a key of its own.
func (c MarkAllRead) part(i int) Request {
	req := c.Request
	if req.Key != "" && i > 0 {
		req.Key += " " + strconv.Itoa(i)
	}
	return req
}
