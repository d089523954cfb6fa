package httpapi

import (
	"parley/commands"
	"parley/domain"
	"parley/queries"
)

type markRead struct {
	UpTo *int `json:"up_to" minimum:"0" doc:"Number of the last message that was shown."`
}

// missing says that a field that must be there is not.
func missing(pointer string) domain.FieldError {
	return domain.FieldError{Pointer: pointer, Detail: "is required"}
}

func (a *api) markRead() operation {
	op := operation{
		method: "POST", path: "/v1/conversations/{id}/read", id: "mark-read", tag: tagConversations,
		summary: "Move the caller's read cursor forward", success: 204, conditional: true,
	}
	return command(op, rightToView, func(c *call, body markRead, req commands.Request) (answer, error) {
		id, err := c.conversation()
		if err != nil {
			return answer{}, err
		}
		mark := commands.MarkRead{Request: req, ID: id}
		if body.UpTo == nil {
			mark.Shape = append(mark.Shape, missing("/up_to"))
		} else {
			mark.UpTo = *body.UpTo
		}
		return done(a.config.Commands.MarkRead.Handle(c.r.Context(), mark))
	})
}

type markUnread struct {
	From *int `json:"from,omitempty" minimum:"1" doc:"Number of the first message that is to be unread; the last one, if left out."`
}

func (markUnread) mayBeLeftOut() {}

func (a *api) markUnread() operation {
	op := operation{
		method: "POST", path: "/v1/conversations/{id}/unread", id: "mark-unread", tag: tagConversations,
		summary: "Move the caller's read cursor back to just before a message", success: 204, conditional: true,
	}
	return command(op, rightToView, func(c *call, body markUnread, req commands.Request) (answer, error) {
		id, err := c.conversation()
		if err != nil {
			return answer{}, err
		}
		return done(a.config.Commands.MarkUnread.Handle(c.r.Context(), commands.MarkUnread{Request: req, ID: id, From: body.From}))
	})
}

func (a *api) markAllRead() operation {
	op := operation{
		method: "POST", path: "/v1/me/read", id: "mark-all-read", tag: tagMe,
		summary: "Mark everything read that the caller sees as unread", success: 204,
	}
	return command(op, onlyIdentity, func(c *call, _ none, req commands.Request) (answer, error) {
		unread, err := a.config.Queries.UnreadMarks.Handle(c.r.Context(),
			queries.UnreadMarks{Actor: c.actor, MinPosition: c.minPosition})
		if err != nil {
			return answer{}, err
		}
		return done(a.config.Commands.MarkAllRead.Handle(c.r.Context(), commands.MarkAllRead{Request: req, Marks: unread.Marks}))
	})
}
