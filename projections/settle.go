package projections

import (
	"context"
	"errors"
	"fmt"

	"parley/domain/eventlog"
	"parley/domain/sqldb"
)

// settle makes the live rows ones of this version and this log.
func (p *Projector) settle(ctx context.Context) error {
	err := p.live.load(ctx)
	if errors.Is(err, sqldb.ErrNoSchema) {
		return p.live.create(ctx)
	}
	if err != nil {
		return err
	}
	reason, err := p.outdated(ctx)
	if err != nil {
		return err
	}
	if reason == "" {
		return p.live.goOn(ctx, p.cfg.Log, p.refused)
	}
	p.cfg.Logger.Warn("projection is rebuilt", "reason", reason)
	p.cfg.Board.anew(p.Name(), reason)
	return p.replace(ctx)
}

// outdated says why the rows cannot be gone on with, or nothing.
func (p *Projector) outdated(ctx context.Context) (string, error) {
	at := p.live.at
	if at.Version != p.projection.Version {
		return fmt.Sprintf("version %d is stored, version %d is wanted", at.Version, p.projection.Version), nil
	}
	return foreign(ctx, p.cfg.Log, p.cfg.DB, at)
}

// goOn makes the position of rows that are of this log one from which it can be
// followed, which one that was refused is not.
func (t *tables) goOn(ctx context.Context, log eventlog.Log, refused eventlog.Position) error {
	valid, err := passed(ctx, log, t.at)
	if err != nil {
		return err
	}
	if t.at.Position > t.at.EventPosition && (!valid || t.at.Position == refused) {
		return t.setBack(ctx)
	}
	return nil
}

// setBack moves the stored position back to the last event applied: what was
// passed behind it were events of others.
func (t *tables) setBack(ctx context.Context) error {
	next := t.at.moved(nil, t.at.EventPosition)
	err := t.db.Write(ctx, t.names.schema, []sqldb.Statement{next.replacing(t.at, t.names)})
	switch {
	case errors.Is(err, sqldb.ErrStale):
		return ErrFenced
	case err != nil:
		return fmt.Errorf("set the checkpoint back: %w", err)
	}
	t.at = next
	return nil
}
