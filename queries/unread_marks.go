package queries

import (
	"context"

	"parley/domain/access"
	"parley/domain/eventlog"
	"parley/domain/reader"
)

// UnreadMarks asks how far the actor would have to read to have nothing unread.
type UnreadMarks struct {
	Actor       access.Actor
	MinPosition eventlog.Position
}

// UnreadMarksResult names each unread conversation and its last message's
// number, as the actor numbers it.
type UnreadMarksResult struct{ Marks []reader.Mark }

// UnreadMarksHandler answers [UnreadMarks].
type UnreadMarksHandler struct{ Sources }

// Handle returns the marks, in the order of conversation ids.
func (h UnreadMarksHandler) Handle(ctx context.Context, q UnreadMarks) (UnreadMarksResult, error) {
	return UnreadMarksResult{}, nil
}
