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

// RemovedConversation is a conversation that was on a record until its stream went
// away: an operator deleted it with the event store's own tools. Who that was is not
// known, nor anything else of the conversation.
type RemovedConversation struct {
	ID uuid.UUID
	At time.Time
}

// maxRemoved is how many removed conversations are told of, the last ones.
const maxRemoved = 50

const removedFromRecord clause = `select a.conversation, a.updated_at from timelines.activities a
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
		var id string
		var at int64
		if err := row.Scan(&id, &at); err != nil {
			return RemovedConversation{}, err
		}
		parsed, err := uuid.Parse(id)
		return RemovedConversation{ID: parsed, At: time.UnixMicro(-at).UTC()}, err
	})
	if err != nil {
		return nil, fmt.Errorf("read removed conversations: %w", err)
	}
	return found, nil
}
