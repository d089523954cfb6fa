package httpapi

import (
	"strconv"

	"github.com/google/uuid"

	"parley/commands"
)

type editMessage struct {
	Body string `json:"body" doc:"CommonMark subset; at most 32 KiB unless configured otherwise. @user:uma, or @[Uma User](user:uma) with %XX for any byte of the id, mentions a person (kind user or customer_user), who is told if they may view it."`
}

func (a *api) editMessage() operation {
	op := answering[Message](operation{
		method: "PATCH", path: "/v1/conversations/{id}/messages/{number}", id: "edit-message", tag: tagMessages,
		summary: "Edit a message of one's own, within the edit window", success: 200, conditional: true,
	})
	return command(op, rightToEditMessage, func(c *call, body editMessage, req commands.Request) (answer, error) {
		id, number, err := c.message()
		if err != nil {
			return answer{}, err
		}
		edited, err := a.config.Commands.EditMessage.Handle(c.r.Context(),
			commands.EditMessage{Request: req, ID: id, Number: number, Body: body.Body})
		if err != nil {
			return answer{}, err
		}
		return answer{status: 200, body: a.messageShape(askedMessage(edited)), position: edited.Position}, nil
	})
}

func (a *api) redactMessage() operation {
	op := operation{
		method: "DELETE", path: "/v1/conversations/{id}/messages/{number}", id: "redact-message", tag: tagMessages,
		summary: "Take the body of a message out of sight, for good; for administrators", success: 204, conditional: true,
	}
	return command(op, rightToRedact, func(c *call, _ none, req commands.Request) (answer, error) {
		id, number, err := c.message()
		if err != nil {
			return answer{}, err
		}
		return done(a.config.Commands.RedactMessage.Handle(c.r.Context(),
			commands.RedactMessage{Request: req, ID: id, Number: number}))
	})
}

// message returns the conversation and the number of a message that the path
// names, in the caller's own numbering.
func (c *call) message() (uuid.UUID, int, error) {
	id, err := c.conversation()
	if err != nil {
		return uuid.Nil, 0, err
	}
	text, err := c.pathParameter("number")
	if err != nil {
		return uuid.Nil, 0, errNotFound
	}
	number, err := strconv.Atoi(text)
	if err != nil || strconv.Itoa(number) != text {
		return uuid.Nil, 0, errNotFound
	}
	return id, number, nil
}
