package projections

import (
	"context"
	"time"

	"github.com/google/uuid"

	"parley/domain"
	"parley/domain/eventlog"
	"parley/domain/sqldb"
)

// Checkpoint says which prefix of which log the rows of a schema are made of.
type Checkpoint struct {
	// Position is the place up to which every event is in the rows.
	Position eventlog.Position
	// Store is the id of the log's first event, zero before any was seen.
	Store uuid.UUID
	// Event and EventPosition name the last event at or before Position.
	Event         uuid.UUID
	EventPosition eventlog.Position
	// Generation is made with the schema, so that one that was exchanged for
	// another is noticed.
	Generation uuid.UUID
	// Version is that of the projection that wrote the rows.
	Version int
	// Updated is the time of the last change, UTC.
	Updated time.Time
}

// kernelDDL is what the kernel adds to the DDL of every projection; § stands
// for the schema's name, the verbs for generation, version and time. The first
// checkpoint is created with the tables, so there is none without the other.
const kernelDDL = `
create table §.checkpoint (
  id bigint not null primary key,
  position bigint not null,
  store text not null,
  event text not null,
  event_position bigint not null,
  generation text not null,
  version bigint not null,
  updated bigint not null
);
insert into §.checkpoint (id, position, store, event, event_position, generation, version, updated)
values (1, 0, '', '', 0, '%s', %d, %d);
create table §.parked (
  stream text not null,
  position bigint not null,
  event text not null,
  type text not null,
  error text not null,
  at bigint not null,
  primary key (stream, position)
);
`

const (
	moveCheckpoint = `update §.checkpoint
set position = $1, store = $2, event = $3, event_position = $4, updated = $5
where id = 1 and position = $6 and store = $7 and generation = $8 and version = $9`

	readCheckpoint = `select position, store, event, event_position, generation, version, updated from §.checkpoint where id = 1`
)

// moved returns the checkpoint behind a run of events that ends at a position.
func (c Checkpoint) moved(run []eventlog.Recorded, to eventlog.Position) Checkpoint {
	c.Position, c.Updated = to, domain.Now()
	if len(run) == 0 {
		return c
	}
	if c.Store == uuid.Nil {
		c.Store = run[0].ID
	}
	last := run[len(run)-1]
	c.Event, c.EventPosition = last.ID, last.Position
	return c
}

// same reports whether two checkpoints mean the same rows.
func (c Checkpoint) same(other Checkpoint) bool {
	return c.Position == other.Position && c.Store == other.Store &&
		c.Generation == other.Generation && c.Version == other.Version
}

// replacing returns the statement that stores the checkpoint if the stored one
// is still old, and makes the whole batch fail with [sqldb.ErrStale] otherwise.
func (c Checkpoint) replacing(old Checkpoint, n *naming) sqldb.Statement {
	return sqldb.Statement{SQL: n.own(moveCheckpoint), Affects: 1, Args: []any{
		int64(c.Position), idText(c.Store), idText(c.Event), int64(c.EventPosition), c.Updated.UnixMicro(),
		int64(old.Position), idText(old.Store), idText(old.Generation), int64(old.Version),
	}}
}

// loadCheckpoint reads the checkpoint of a schema; none is reported as not
// found.
func loadCheckpoint(ctx context.Context, db sqldb.DB, n *naming) (c Checkpoint, found bool, err error) {
	for row, err := range db.Query(ctx, n.own(readCheckpoint)) {
		if err != nil {
			return c, false, err
		}
		var position, eventPosition, version, updated int64
		var store, event, generation string
		if err := row.Scan(&position, &store, &event, &eventPosition, &generation, &version, &updated); err != nil {
			return c, false, err
		}
		c = Checkpoint{
			Position: eventlog.Position(position), Store: parseID(store),
			Event: parseID(event), EventPosition: eventlog.Position(eventPosition),
			Generation: parseID(generation), Version: int(version), Updated: time.UnixMicro(updated).UTC(),
		}
		found = true
	}
	return c, found, nil
}

func idText(id uuid.UUID) string {
	if id == uuid.Nil {
		return ""
	}
	return id.String()
}

// parseID returns the zero id for text that is none: no event has that id, so a
// garbled checkpoint never matches a log.
func parseID(text string) uuid.UUID {
	id, err := uuid.Parse(text)
	if err != nil {
		return uuid.Nil
	}
	return id
}
