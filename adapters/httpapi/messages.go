package httpapi

import "parley/queries"

type messagesParameters struct {
	Limit  int  `query:"limit" minimum:"1" maximum:"200" default:"5"`
	Before *int `query:"before" minimum:"0" doc:"Only messages below this number."`
	After  *int `query:"after" minimum:"0" doc:"Only messages above this number."`
}

func (a *api) listMessages() operation {
	op := answering[Messages](operation{
		method: "GET", path: "/v1/conversations/{id}/messages", id: "list-messages", tag: tagMessages,
		summary: "Read a run of messages, oldest first: the last ones, those before a number or those after one", success: 200,
	})
	return query(op, rightToView, func(c *call, p messagesParameters) (answer, error) {
		id, err := c.conversation()
		if err != nil {
			return answer{}, err
		}
		result, err := a.config.Queries.Messages.Handle(c.r.Context(), queries.Messages{
			Actor: c.actor, Conversation: id, Limit: p.Limit, Before: p.Before, After: p.After, MinPosition: c.minPosition,
		})
		if err != nil {
			return answer{}, err
		}
		return answer{status: 200, body: Messages{
			Items: shown(result.Items, a.messageShape), HasOlder: result.HasOlder, HasNewer: result.HasNewer,
		}}, nil
	})
}
