package httpapi

import "parley/queries"

type historyParameters struct {
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"200"`
	Cursor string `query:"cursor" opaque:"true" doc:"The next_cursor of the page before."`
}

func (a *api) getHistory() operation {
	op := answering[Page[HistoryEvent]](operation{
		method: "GET", path: "/v1/conversations/{id}/history", id: "get-conversation-history", tag: tagAudit,
		summary: "Read everything that happened to a conversation, oldest first, also after its deletion; for administrators", success: 200,
	})
	return query(op, rightToAdministerIt, func(c *call, p historyParameters) (answer, error) {
		id, err := c.conversation()
		if err != nil {
			return answer{}, err
		}
		result, err := a.config.Queries.History.Handle(c.r.Context(), queries.History{
			Actor: c.actor, Conversation: id, Limit: p.Limit, Cursor: p.Cursor, MinPosition: c.minPosition,
		})
		if err != nil {
			return answer{}, err
		}
		return page(result.Items, result.NextCursor, historyShape), nil
	})
}
