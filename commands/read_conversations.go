package commands

import (
	"context"

	"github.com/google/uuid"

	"parley/domain/reader"
)

// ReadConversations moves the actor's read cursors in many conversations, each to
// its last message as of now.
type ReadConversations struct {
	Request
	IDs []string
}

// ReadConversationsHandler handles [ReadConversations].
type ReadConversationsHandler struct{ Conversations }

// Handle reads each conversation that the actor may view, and says of the others
// why not; those in which the actor takes no part stay without a trace. All
// cursors move by one event. The request as a whole is refused as that of
// [DeleteConversationsHandler].
func (h ReadConversationsHandler) Handle(ctx context.Context, c ReadConversations) (MassAnswer, error) {
	if err := massable(c.Request, c.IDs); err != nil {
		return MassAnswer{}, err
	}
	c.IfMatch = nil
	if err := h.Repository.enter(); err != nil {
		return MassAnswer{}, err
	}
	defer h.Repository.leave()
	_, last, _ := h.Repository.Follower.Known()
	answer := MassAnswer{Results: make([]MassResult, len(c.IDs)), Position: last}
	var marks []reader.Mark
	for i, id := range c.IDs {
		mark, seen, err := h.mark(ctx, c.Request, id)
		if answer.Results[i] = (MassResult{ID: id, Err: err}); err != nil {
			continue
		}
		answer.Position = max(answer.Position, seen.Position)
		if mark.UpTo > 0 {
			marks = append(marks, mark)
		}
	}
	done, err := MarkAllReadHandler(h).Handle(ctx, MarkAllRead{Request: c.Request, Marks: marks})
	answer.Position = max(answer.Position, done.Position)
	return answer, err
}

// mark returns how far the actor's cursor in a conversation is to move; not at
// all where nothing is unread, or where the actor takes no part.
func (h ReadConversationsHandler) mark(ctx context.Context, req Request, id string) (reader.Mark, Done, error) {
	parsed, err := uuid.Parse(id)
	if err != nil {
		return reader.Mark{}, Done{}, notFound("conversation")
	}
	one := reader.MarkRead{Organization: req.Actor.Organization, Person: req.Actor.Person, Conversation: parsed}
	seen, part, err := MarkReadHandler(h).complete(ctx, MarkRead{Request: req, ID: parsed}, &one)
	if err != nil || !part {
		return reader.Mark{}, seen, err
	}
	mark := reader.Mark{Conversation: parsed}
	err = h.Readers.View(ctx, reader.ID(one.Organization, one.Person), func(l Loaded[reader.Reader]) {
		if one.Last > l.State.Cursor(parsed, one.OwnRead) {
			mark.UpTo = one.Last
		}
	})
	return mark, seen, err
}
