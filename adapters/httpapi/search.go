package httpapi

import "parley/queries"

type searchParameters struct {
	Text string `query:"q" doc:"Words that a name or a message must all have, the last one as the beginning of a word. Required; nothing in it is syntax."`
	paging
}

func (a *api) search() operation {
	op := answering[Page[SearchHit]](operation{
		method: "GET", path: "/v1/search", id: "search", tag: tagConversations,
		summary: "Search the names and messages of the conversations that the caller may view, newest match first", success: 200,
	})
	return query(op, onlyIdentity, func(c *call, p searchParameters) (answer, error) {
		result, err := a.config.Queries.Search.Handle(c.r.Context(), queries.Search{
			Actor: c.actor, Text: p.Text, Limit: p.Limit, Cursor: p.Cursor, MinPosition: c.minPosition,
		})
		if err != nil {
			return answer{}, err
		}
		return page(result.Items, result.NextCursor, searchHitShape), nil
	})
}

func searchHitShape(h queries.SearchHit) SearchHit {
	return SearchHit{
		Conversation: h.Conversation, Name: h.Name, Number: h.Number, Snippet: h.Snippet,
		From: perhaps(h.From, personShape), At: h.At.UTC(), Matches: h.Matches,
	}
}
