package queries

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"parley/domain/access"
	"parley/domain/eventlog"
	"parley/domain/reader"
	"parley/domain/sqldb"
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

const unreadMarks clause = `select i.conversation, i.count from inboxes.threads i
where i.organization = {organization} and i.kind = {kind} and i.person = {person} and i.unread
order by i.conversation`

// Handle returns the marks, in the order of conversation ids.
func (h UnreadMarksHandler) Handle(ctx context.Context, q UnreadMarks) (UnreadMarksResult, error) {
	if err := h.wait(ctx, q.MinPosition, inboxes); err != nil {
		return UnreadMarksResult{}, err
	}
	marks, err := collect(ctx, h.DB, about(q.Actor), unreadMarks, scanMark)
	if err != nil {
		return UnreadMarksResult{}, fmt.Errorf("read unread conversations: %w", err)
	}
	return UnreadMarksResult{marks}, nil
}

func scanMark(row sqldb.Row) (reader.Mark, error) {
	var (
		id    string
		count int64
	)
	if err := row.Scan(&id, &count); err != nil {
		return reader.Mark{}, err
	}
	parsed, err := uuid.Parse(id)
	return reader.Mark{Conversation: parsed, UpTo: int(count)}, err
}
