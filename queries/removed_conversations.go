package queries

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"parley/domain"
	"parley/domain/access"
	"parley/domain/sqldb"
)

// RemovedConversation is what is left of a conversation that was on a record until
// its stream went away: when an operator deleted it with the event store's own tools.
// Who that was is not known, and which one it was is not told.
type RemovedConversation struct{ At time.Time }

// maxRemoved is how many removed conversations are told of, the last ones.
const maxRemoved = 50

const removedFromRecord clause = `select a.updated_at from timelines.activities a
where a.organization = {organization} and a.type = {type} and a.id = {id} and a.shown and a.updated_at < 0
order by a.updated_at, a.conversation limit {limit}`

// removedFrom returns the last ones that were removed from a record, newest first:
// their times are stored below zero. Whom anything in the organization is hidden from
// gets none: whether one could be seen is not known any more.
func (s Sources) removedFrom(ctx context.Context, a access.Actor, r domain.Record) ([]RemovedConversation, error) {
	if !seesAll(a) {
		return nil, nil
	}
	p := params{"organization": a.Organization, "type": r.Type, "id": r.ID, "limit": rowLimit(maxRemoved)}
	found, err := collect(ctx, s.DB, p, removedFromRecord, func(row sqldb.Row) (RemovedConversation, error) {
		var at int64
		err := row.Scan(&at)
		return RemovedConversation{At: time.UnixMicro(-at).UTC()}, err
	})
	if err != nil {
		return nil, fmt.Errorf("read removed conversations: %w", err)
	}
	return found, nil
}

const removedOne clause = `select 1 from conversations.purged p where p.organization = '' and p.conversation = {conversation}`

// isRemoved reports whether a conversation is known to be gone with its stream.
func (s Sources) isRemoved(ctx context.Context, id uuid.UUID) (bool, error) {
	found, err := collect(ctx, s.DB, params{"conversation": id.String()}, removedOne, func(row sqldb.Row) (one int64, err error) {
		return one, row.Scan(&one)
	})
	if err != nil {
		return false, fmt.Errorf("look for a removed conversation: %w", err)
	}
	return len(found) > 0, nil
}
