package queries

import (
	"context"

	"parley/domain/access"
)

// readPage reads a page of conversations that was asked for with one more than
// the limit, which tells whether there is another page.
func (s Sources) readPage(ctx context.Context, a access.Actor, p params, limit int, list []byte) (ConversationListResult, error) {
	items, found, err := s.readConversations(ctx, a, p)
	if err != nil {
		return ConversationListResult{}, err
	}
	out := ConversationListResult{Items: items}
	if len(items) > limit {
		last := found[limit-1]
		out.Items = items[:limit]
		out.NextCursor = cursor{List: list, Key: []string{last.sortKey, last.id}}.String()
	}
	return out, nil
}
