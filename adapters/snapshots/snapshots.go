package snapshots

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"github.com/google/uuid"

	"parley/domain/eventlog"
	"parley/domain/ops"
	"parley/domain/snapshot"
	"parley/domain/sqldb"
)

// queueSize is how many snapshots wait before new ones are dropped.
const queueSize = 64

const (
	load = `select revision, position, event, fold, store, state from ops.snapshots where stream = $1`
	save = `insert into ops.snapshots (stream, revision, position, event, fold, store, state)
values ($1, $2, $3, $4, $5, $6, $7)
on conflict (stream) do update set revision = excluded.revision, position = excluded.position,
  event = excluded.event, fold = excluded.fold, store = excluded.store, state = excluded.state`
)

// Snapshots is the port over a database. All methods are safe for concurrent
// use.
type Snapshots struct {
	db     sqldb.DB
	logger *slog.Logger
	queue  chan snapshot.Row
}

var _ snapshot.Store = (*Snapshots)(nil)

// New returns snapshots in the database; Run keeps them. The logger hears of
// snapshots that could not be written.
func New(db sqldb.DB, logger *slog.Logger) *Snapshots {
	return &Snapshots{db: db, logger: logger, queue: make(chan snapshot.Row, queueSize)}
}

// Load implements the port. In a database without the schema, which Run creates
// with the first snapshot, it fails.
func (s *Snapshots) Load(ctx context.Context, stream string) (snapshot.Row, bool, error) {
	for row, err := range s.db.Query(ctx, load, stream) {
		if err != nil {
			return snapshot.Row{}, false, fmt.Errorf("load snapshot: %w", err)
		}
		found, err := scan(row, stream)
		return found, err == nil, err
	}
	return snapshot.Row{}, false, nil
}

func scan(row sqldb.Row, stream string) (snapshot.Row, error) {
	var revision, position, fold int64
	var event, store, state string
	if err := row.Scan(&revision, &position, &event, &fold, &store, &state); err != nil {
		return snapshot.Row{}, fmt.Errorf("read snapshot: %w", err)
	}
	r := snapshot.Row{
		Stream: stream, Revision: eventlog.Revision(revision), Position: eventlog.Position(position),
		Fold: int(fold), State: []byte(state),
	}
	var err error
	if r.Event, err = uuid.Parse(event); err != nil {
		return r, fmt.Errorf("read snapshot's event: %w", err)
	}
	if r.Store, err = uuid.Parse(store); err != nil {
		return r, fmt.Errorf("read snapshot's store: %w", err)
	}
	return r, nil
}

// Save implements the port.
func (s *Snapshots) Save(r snapshot.Row) {
	select {
	case s.queue <- r:
	default:
	}
}

// Run writes what is saved until ctx ends. A snapshot that cannot be written is
// logged and dropped.
func (s *Snapshots) Run(ctx context.Context) {
	for {
		select {
		case r := <-s.queue:
			if err := s.keep(ctx, s.gather(r)); err != nil && ctx.Err() == nil {
				s.logger.WarnContext(ctx, "snapshots were not kept", "error", err)
			}
		case <-ctx.Done():
			return
		}
	}
}

// gather takes what else has queued up, the newest of each stream.
func (s *Snapshots) gather(first snapshot.Row) map[string]snapshot.Row {
	rows := map[string]snapshot.Row{first.Stream: first}
	for {
		select {
		case r := <-s.queue:
			rows[r.Stream] = r
		default:
			return rows
		}
	}
}

func (s *Snapshots) keep(ctx context.Context, rows map[string]snapshot.Row) error {
	batch := make([]sqldb.Statement, 0, len(rows))
	for _, r := range rows {
		batch = append(batch, sqldb.Statement{SQL: save, Args: []any{
			r.Stream, int64(r.Revision), int64(r.Position), r.Event.String(),
			int64(r.Fold), r.Store.String(), string(r.State),
		}})
	}
	err := s.db.Write(ctx, ops.Schema, batch)
	if errors.Is(err, sqldb.ErrNoSchema) {
		if err := ops.Prepare(ctx, s.db); err != nil {
			return err
		}
		err = s.db.Write(ctx, ops.Schema, batch)
	}
	if err != nil {
		return fmt.Errorf("write snapshots: %w", err)
	}
	return nil
}
