package httpapi

import "parley/commands"

func (a *api) deleteConversation() operation {
	op := operation{
		method: "DELETE", path: "/v1/conversations/{id}", id: "delete-conversation", tag: tagConversations,
		summary: "Delete a conversation; its history is kept", success: 204, conditional: true,
	}
	return command(op, rightToDelete, func(c *call, _ none, req commands.Request) (answer, error) {
		id, err := c.conversation()
		if err != nil {
			return answer{}, err
		}
		return done(a.config.Commands.DeleteConversation.Handle(c.r.Context(), commands.DeleteConversation{Request: req, ID: id}))
	})
}

func (a *api) restoreConversation() operation {
	op := answering[Conversation](operation{
		method: "POST", path: "/v1/conversations/{id}/restore", id: "restore-conversation", tag: tagConversations,
		summary: "Bring a deleted conversation back", success: 200, conditional: true, etagged: true,
	})
	return command(op, rightToRestore, func(c *call, _ none, req commands.Request) (answer, error) {
		id, err := c.conversation()
		if err != nil {
			return answer{}, err
		}
		restored, err := a.config.Commands.RestoreConversation.Handle(c.r.Context(), commands.RestoreConversation{Request: req, ID: id})
		return a.changed(c.actor, restored, err)
	})
}

func (a *api) purgeConversation() operation {
	op := operation{
		method: "POST", path: "/v1/conversations/{id}/purge", id: "purge-conversation", tag: tagConversations,
		summary: "Take a deleted conversation away for ever, with all that was said in it; for administrators", success: 204, conditional: true,
	}
	return command(op, rightToPurge, func(c *call, _ none, req commands.Request) (answer, error) {
		id, err := c.conversation()
		if err != nil {
			return answer{}, err
		}
		return done(a.config.Commands.PurgeConversation.Handle(c.r.Context(), commands.PurgeConversation{Request: req, ID: id}))
	})
}
