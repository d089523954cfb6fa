package queries

import (
	"context"

	"parley/domain/access"
)

// readPage reads a page of conversations that was asked for with one more than
// the limit, which tells whether there is another page.
func (s Sources) readPage(ctx context.Context, a access.Actor, p params, limit int, list []byte) (ConversationListResult, error) {
	found, err := s.readConversations(ctx, a, p)
	if err != nil {
		return ConversationListResult{}, err
	}
	var out ConversationListResult
	if len(found) > limit {
		found = found[:limit]
		last := found[limit-1]
		out.NextCursor = cursor{List: list, Key: []string{last.sortKey, last.ID.String()}}.String()
	}
	for _, c := range found {
		out.Items = append(out.Items, c.ConversationResult)
	}
	return out, nil
}
