package queries

import (
	"context"
	_ "embed"
	"fmt"
	"math"

	"github.com/google/uuid"

	"parley/domain/conversation"
)

var (
	//go:embed idle_organizations.sql
	idleOrganizationsSQL string
	//go:embed idle_conversations.sql
	idleConversationsSQL string
)

// IdleConversations answers which conversations are idle, for the loop that
// closes them alone: it looks into every organization. It implements
// conversation.Idling.
type IdleConversations struct{ Sources }

// Organizations implements conversation.Idling. It takes one look into an index
// per organization.
func (q IdleConversations) Organizations(ctx context.Context) ([]string, error) {
	var all []string
	for row, err := range q.DB.Query(ctx, idleOrganizationsSQL) {
		var name string
		if err == nil {
			err = row.Scan(&name)
		}
		if err != nil {
			return nil, fmt.Errorf("read organizations: %w", err)
		}
		all = append(all, name)
	}
	return all, nil
}

// Longest implements conversation.Idling. It takes as many rows of an index as it
// returns.
func (q IdleConversations) Longest(ctx context.Context, organization string, behind conversation.Idle, limit int) ([]conversation.Idle, error) {
	since, id := int64(math.MinInt64), ""
	if behind != (conversation.Idle{}) {
		since, id = behind.Since.UnixMicro(), behind.ID.String()
	}
	var all []conversation.Idle
	for row, err := range q.DB.Query(ctx, idleConversationsSQL, organization, since, id, limit) {
		if err == nil {
			err = row.Scan(&id, &since)
		}
		if err != nil {
			return nil, fmt.Errorf("read idle conversations: %w", err)
		}
		all = append(all, conversation.Idle{ID: uuid.MustParse(id), Since: timeOf(since)})
	}
	return all, nil
}
