package projections

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"

	"parley/domain"
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
	if err != nil || reason == "" {
		return err
	}
	p.cfg.Logger.Warn("projection is rebuilt", "reason", reason)
	return p.replace(ctx)
}

// outdated says why the rows cannot be gone on with, or nothing.
func (p *Projector) outdated(ctx context.Context) (string, error) {
	at := p.live.at
	if at.Version != p.projection.Version {
		return fmt.Sprintf("version %d is stored, version %d is wanted", at.Version, p.projection.Version), nil
	}
	if at.Position == eventlog.Start {
		return "", nil
	}
	tail, err := p.cfg.Log.End(ctx)
	if err != nil {
		return "", fmt.Errorf("read the log's end: %w", err)
	}
	if at.Position > tail {
		return fmt.Sprintf("position %d is past the log's end %d", at.Position, tail), nil
	}
	return p.foreign(ctx, at)
}

// foreign says how the log differs from the one that the rows were made of.
func (p *Projector) foreign(ctx context.Context, at Checkpoint) (string, error) {
	first, err := p.event(ctx, eventlog.Start)
	if err != nil {
		return "", err
	}
	unseen := at.Store == uuid.Nil && (first.ID == uuid.Nil || first.Position > at.Position)
	if first.ID != at.Store && !unseen {
		return "the log begins with another event", nil
	}
	if at.EventPosition == eventlog.Start {
		return "", nil
	}
	last, err := p.event(ctx, at.EventPosition-1)
	if err != nil {
		return "", err
	}
	if last.ID != at.Event || last.Position != at.EventPosition {
		return "the log has another event at the last position applied", nil
	}
	return "", nil
}

// event returns the first event behind a position, the zero one at the end.
func (p *Projector) event(ctx context.Context, after eventlog.Position) (eventlog.Recorded, error) {
	for e, err := range p.cfg.Log.ReadAll(ctx, after, domain.StreamPrefix, 1) {
		if err != nil {
			return eventlog.Recorded{}, fmt.Errorf("compare with the log: %w", err)
		}
		return e, nil
	}
	return eventlog.Recorded{}, nil
}
