package httpapi

import "parley/queries"

func (a *api) getConversation() operation {
	op := answering[Conversation](operation{
		method: "GET", path: "/v1/conversations/{id}", id: "get-conversation", tag: tagConversations,
		summary: "Read one conversation", success: 200, etagged: true,
	})
	return query(op, rightToView, func(c *call, _ struct{}) (answer, error) {
		id, err := c.conversation()
		if err != nil {
			return answer{}, err
		}
		result, err := a.config.Queries.Conversation.Handle(c.r.Context(),
			queries.Conversation{Actor: c.actor, ID: id, MinPosition: c.minPosition})
		if err != nil {
			return answer{}, err
		}
		return a.conversationAnswer(c.actor, result), nil
	})
}
