package httpapi

import "parley/commands"

func (a *api) attachContext() operation {
	op := operation{
		method: "PUT", path: "/v1/conversations/{id}/contexts/{type}/{record}", id: "attach-context", tag: tagConversations,
		summary: "Show the conversation in the activities of a record or person", success: 204, conditional: true,
	}
	return command(op, rightToEdit, func(c *call, _ none, req commands.Request) (answer, error) {
		id, err := c.conversation()
		if err != nil {
			return answer{}, err
		}
		record, err := c.record("type", "record")
		if err != nil {
			return answer{}, err
		}
		return done(a.config.Commands.AttachContext.Handle(c.r.Context(), commands.AttachContext{Request: req, ID: id, Context: record}))
	})
}

func (a *api) detachContext() operation {
	op := operation{
		method: "DELETE", path: "/v1/conversations/{id}/contexts/{type}/{record}", id: "detach-context", tag: tagConversations,
		summary: "Take the conversation out of the activities of a record or person", success: 204, conditional: true,
	}
	return command(op, rightToEdit, func(c *call, _ none, req commands.Request) (answer, error) {
		id, err := c.conversation()
		if err != nil {
			return answer{}, err
		}
		record, err := c.record("type", "record")
		if err != nil {
			return answer{}, err
		}
		return done(a.config.Commands.DetachContext.Handle(c.r.Context(), commands.DetachContext{Request: req, ID: id, Context: record}))
	})
}
