package httpapi

import (
	"parley/adapters/httpapi/strictjson"
	"parley/commands"
)

type updateConversation struct {
	Name         *string                           `json:"name,omitempty" maxLength:"255"`
	Owner        *string                           `json:"owner,omitempty"`
	CustomerUser *string                           `json:"customer_user,omitempty"`
	Customer     *string                           `json:"customer,omitempty"`
	Source       strictjson.Nullable[recordChoice] `json:"source,omitempty" doc:"null clears it."`
}

func (a *api) updateConversation() operation {
	op := answering[Conversation](operation{
		method: "PATCH", path: "/v1/conversations/{id}", id: "update-conversation", tag: tagConversations,
		summary: "Change a conversation's name, people or source; what is left out stays", success: 200, conditional: true, etagged: true,
	})
	return command(op, rightToEdit, func(c *call, body updateConversation, req commands.Request) (answer, error) {
		id, err := c.conversation()
		if err != nil {
			return answer{}, err
		}
		updated, err := a.config.Commands.UpdateConversation.Handle(c.r.Context(), commands.UpdateConversation{
			Request: req, ID: id, Name: body.Name, Owner: body.Owner,
			CustomerUser: body.CustomerUser, Customer: body.Customer,
			Source: perhaps(body.Source.Value, recordChoice.record), ClearSource: body.Source.Cleared,
		})
		return a.changed(c.actor, updated, err)
	})
}
