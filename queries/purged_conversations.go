package queries

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"parley/domain/eventlog"
	"parley/domain/sqldb"
)

// PurgedConversations answers which conversations were purged, or are gone because
// their streams are, for the service itself: it looks into every organization.
type PurgedConversations struct{ Sources }

const purgedBehind clause = `select p.conversation, p.position from conversations.purged p
where p.position > {after} order by p.position limit {limit}`

// Purged returns those that were purged behind a position, oldest purge first,
// and the position of the last of them.
func (q PurgedConversations) Purged(ctx context.Context, after eventlog.Position, limit int) (ids []uuid.UUID, last eventlog.Position, err error) {
	last = after
	ids, err = collect(ctx, q.DB, params{"after": int64(after), "limit": rowLimit(limit)}, purgedBehind, func(row sqldb.Row) (uuid.UUID, error) {
		var id string
		var at int64
		if err := row.Scan(&id, &at); err != nil {
			return uuid.Nil, err
		}
		last = eventlog.Position(at)
		return uuid.Parse(id)
	})
	if err != nil {
		return nil, after, fmt.Errorf("read purged conversations: %w", err)
	}
	return ids, last, nil
}

const purgedAmong clause = `select p.conversation, p.position from conversations.purged p
where p.organization in ({organization}, '') and p.conversation in ({conversations})`

// purges returns where those of an organization's conversations were purged that
// were, or went away with their streams, of which no organization is known: what
// came before is not shown any more, though the log may still have it.
func (s Sources) purges(ctx context.Context, organization string, ids []string) (map[string]eventlog.Position, error) {
	found := map[string]eventlog.Position{}
	if len(ids) == 0 {
		return found, nil
	}
	p := params{"organization": organization, "conversations": padded(ids)}
	_, err := collect(ctx, s.DB, p, purgedAmong, func(row sqldb.Row) (struct{}, error) {
		var id string
		var at int64
		err := row.Scan(&id, &at)
		found[id] = max(found[id], eventlog.Position(at))
		return struct{}{}, err
	})
	if err != nil {
		return nil, fmt.Errorf("read purged conversations: %w", err)
	}
	return found, nil
}
