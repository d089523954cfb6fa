package projections

import (
	"context"
	"errors"
	"fmt"

	"parley/domain"
	"parley/domain/eventlog"
	"parley/domain/sqldb"
)

// tables is one generation of a projection: the rows of a schema, and how far
// they are. It has one user at a time.
type tables struct {
	projection Projection
	decoded    *Decoded
	db         sqldb.DB
	names      *naming

	at     Checkpoint          // as stored, unless unsure
	unsure bool                // the outcome of the last write is not known
	parked map[string]struct{} // streams
}

func newTables(p Projection, schema string, decoded *Decoded, db sqldb.DB) *tables {
	return &tables{projection: p, decoded: decoded, db: db, names: newNaming(p.Name, schema), unsure: true}
}

// create makes the schema, empty, in place of one that exists.
func (t *tables) create(ctx context.Context) error {
	if err := t.db.Create(ctx, t.names.schema, t.names.ddl(t.projection)); err != nil {
		return fmt.Errorf("create schema %s: %w", t.names.schema, err)
	}
	return t.load(ctx)
}

// load reads the checkpoint and which streams are parked.
func (t *tables) load(ctx context.Context) error {
	at, found, err := loadCheckpoint(ctx, t.db, t.names)
	if err != nil {
		return fmt.Errorf("read checkpoint: %w", err)
	}
	if !found {
		return fmt.Errorf("%w: %s has no checkpoint", sqldb.ErrNoSchema, t.names.schema)
	}
	rows, err := loadParked(ctx, t.db, t.names)
	if err != nil {
		return fmt.Errorf("read parked events: %w", err)
	}
	t.parked = make(map[string]struct{})
	for _, p := range rows {
		t.parked[p.Stream] = struct{}{}
	}
	t.at, t.unsure = at, false
	return nil
}

// advance applies a run of events that ends at a position, in one transaction
// unless an event of it is poison. What the checkpoint already covers is left
// out. After an error that says that something is unavailable, the same call
// may be made again.
func (t *tables) advance(ctx context.Context, run []eventlog.Recorded, to eventlog.Position) error {
	if t.unsure {
		before := t.at
		if err := t.load(ctx); err != nil {
			return err
		}
		if t.at.Position < before.Position || t.at.Version != before.Version {
			return ErrFenced
		}
	}
	return t.apply(ctx, run, to)
}

// apply commits the run, around the events that are poison.
func (t *tables) apply(ctx context.Context, run []eventlog.Recorded, to eventlog.Position) error {
	if to <= t.at.Position {
		return nil
	}
	run = past(run, t.at.Position)
	if cut := t.projection.lookAt(run); cut > 0 {
		if err := t.apply(ctx, run[:cut], run[cut-1].Position); err != nil {
			return err
		}
		return t.apply(ctx, run[cut:], to)
	}
	err := t.commit(ctx, run, to, nil)
	if poison, ok := errors.AsType[*EventError](err); ok {
		return t.around(ctx, run, to, poison)
	}
	if !blamesEvent(err) || len(run) == 0 {
		return err
	}
	if len(run) == 1 {
		return t.commit(ctx, run, to, &EventError{Event: run[0], Err: err})
	}
	half := len(run) / 2
	if err := t.apply(ctx, run[:half], run[half-1].Position); err != nil {
		return err
	}
	return t.apply(ctx, run[half:], to)
}

// around commits what is before a poison event together with parking it, and
// then applies the rest. An event of an unknown type is no poison: what is
// before it is committed, and the error returned.
func (t *tables) around(ctx context.Context, run []eventlog.Recorded, to eventlog.Position, poison *EventError) error {
	at := 0
	for run[at].Position < poison.Event.Position {
		at++
	}
	if !errors.Is(poison, domain.ErrUnknownType) {
		err := t.commit(ctx, run[:at+1], poison.Event.Position, poison)
		if err == nil {
			return t.apply(ctx, run[at+1:], to)
		}
		if !blamesEvent(err) {
			return err
		}
	}
	// Either the event must wait, or another one before it is poison as well.
	if at > 0 {
		if err := t.apply(ctx, run[:at], run[at-1].Position); err != nil {
			return err
		}
	}
	if errors.Is(poison, domain.ErrUnknownType) {
		return poison
	}
	if err := t.commit(ctx, run[at:at+1], poison.Event.Position, poison); err != nil {
		return err
	}
	return t.apply(ctx, run[at+1:], to)
}

// commit writes rows and checkpoint of a run in one transaction. A poison
// event, which is then the last of the run, is parked in it.
func (t *tables) commit(ctx context.Context, run []eventlog.Recorded, to eventlog.Position, poison *EventError) error {
	part := t.divide(run, poison)
	if err := t.bearable(poison); err != nil {
		return err
	}
	found, err := t.describe(ctx, part.fresh)
	if err != nil {
		return err
	}
	rows, err := t.fold(part.fresh, found)
	if err != nil {
		return err
	}
	next := t.at.moved(run, to)
	batch := make([]sqldb.Statement, 0, 2+len(rows))
	batch = append(batch, next.replacing(t.at, t.names))
	batch = append(batch, releasedRows(t.names, part.released)...)
	batch = append(batch, parkedRows(t.names, part.parked)...)
	batch = append(batch, t.names.statements(rows)...)
	if err := t.db.Write(ctx, t.names.schema, batch); err != nil {
		return t.failed(ctx, to, err)
	}
	t.at = next
	for _, stream := range part.released {
		delete(t.parked, stream)
	}
	if poison != nil {
		t.parked[poison.Event.Stream] = struct{}{}
	}
	return nil
}

// fold folds events; a panic outside of the handlers, when the batch is turned
// into statements, blames an event too.
func (t *tables) fold(fresh []eventlog.Recorded, found descriptions) (rows []sqldb.Statement, err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("%w: panic: %v", errBlame, v)
		}
	}()
	return t.projection.foldRun(t.decoded, fresh, found)
}

// bearable refuses to park one stream too many.
func (t *tables) bearable(poison *EventError) error {
	if poison == nil || len(t.parked) < MaxParked {
		return nil
	}
	return fmt.Errorf("%w: %d streams are parked already: %w", ErrHalted, len(t.parked), poison)
}

// failed finds out what a failed write means.
func (t *tables) failed(ctx context.Context, to eventlog.Position, err error) error {
	switch {
	case errors.Is(err, sqldb.ErrRejected):
		return err
	case !errors.Is(err, sqldb.ErrStale):
		t.unsure = true
		return fmt.Errorf("write batch: %w", err)
	}
	before := t.at
	t.unsure = true
	if err := t.load(ctx); err != nil {
		return err
	}
	switch {
	case t.at.same(before):
		// It was a row of the projection's own that was not as expected.
		return fmt.Errorf("%w: %w", errBlame, err)
	case t.at.Version == before.Version && t.at.Position >= to:
		return nil
	default:
		t.unsure = true
		return ErrFenced
	}
}

// past returns the events behind a position.
func past(run []eventlog.Recorded, position eventlog.Position) []eventlog.Recorded {
	for len(run) > 0 && run[0].Position <= position {
		run = run[1:]
	}
	return run
}
