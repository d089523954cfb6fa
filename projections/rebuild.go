package projections

import (
	"context"
	"errors"
	"fmt"
	"time"

	"parley/domain/eventlog"
	"parley/domain/sqldb"
)

const (
	// tries bounds how often a rebuild tries to meet a live projection that
	// another process moves meanwhile.
	tries = 200
	// passes bounds how often a rebuild runs after a live projection that moves
	// as fast: each pass is shorter than the one before, or will never be.
	passes = 8
	// snapshotTime is how long the live projector is held, so that a comparison
	// has begun, which is when it fixes what it sees.
	snapshotTime = 100 * time.Millisecond
)

// Report is what a rebuild found.
type Report struct {
	// Position is the place at which the two generations were exchanged.
	Position eventlog.Position
	// Differences counts the rows in which the old generation (left) was not
	// what the log says (right).
	Differences []Difference
	// Parked is how many events the new generation leaves out.
	Parked int
	// Took is how long it all was.
	Took time.Duration
}

// Rebuild makes the projection's rows anew from the log beside the live ones,
// compares the two at equal checkpoints, and exchanges them in one step; the
// live projector, here or elsewhere, goes on meanwhile and afterwards. Progress
// hears positions: how far it is, of how many. On an error the live rows stay;
// where there are none of this version and this log, it wraps sqldb.ErrNoSchema,
// for Begin makes those by itself.
func (p *Projector) Rebuild(ctx context.Context, progress func(done, total uint64)) (Report, error) {
	p.rebuild.Lock()
	defer p.rebuild.Unlock()
	began := time.Now()
	lease, err := p.cfg.DB.Lead(ctx, "rebuild "+p.Name())
	if err != nil {
		return Report{}, fmt.Errorf("rebuild %s: %w", p.Name(), err)
	}
	defer lease.Release()
	era := p.cfg.Board.now()
	next := newTables(p.projection, nextGeneration(p.Name()), p.cfg.Decoded, p.cfg.DB)
	report, err := p.regenerate(ctx, next, era, progress)
	if err != nil {
		p.discard(ctx, next)
		return Report{}, fmt.Errorf("rebuild %s: %w", p.Name(), err)
	}
	report.Took = time.Since(began)
	return report, nil
}

// regenerate makes the next generation, all of it from the log of one era.
func (p *Projector) regenerate(ctx context.Context, next *tables, era int, progress func(done, total uint64)) (Report, error) {
	if err := p.comparable(ctx); err != nil {
		return Report{}, err
	}
	if err := next.create(ctx); err != nil {
		return Report{}, err
	}
	if err := p.chase(ctx, next, progress); err != nil {
		return Report{}, err
	}
	found, err := p.compare(ctx, next)
	if err != nil {
		return Report{}, err
	}
	if err := p.exchange(ctx, next, era); err != nil {
		return Report{}, err
	}
	progress(uint64(next.at.Position), uint64(next.at.Position))
	parked, err := loadParked(ctx, p.cfg.DB, p.live.names)
	return Report{Position: next.at.Position, Differences: found.Tables, Parked: len(parked)}, err
}

// comparable fails unless the live generation is of this log, whose positions mean
// nothing to it otherwise.
func (p *Projector) comparable(ctx context.Context) error {
	at, err := p.stored(ctx)
	if err != nil {
		return err
	}
	reason, err := foreign(ctx, p.cfg.Log, p.cfg.DB, at)
	if err == nil && reason != "" {
		err = fmt.Errorf("%w: no live rows of this log: %s", sqldb.ErrNoSchema, reason)
	}
	return err
}

// chase fills the next generation until the live one is hardly ahead.
func (p *Projector) chase(ctx context.Context, next *tables, progress func(done, total uint64)) error {
	for range passes {
		target, err := p.stored(ctx)
		if err != nil {
			return err
		}
		began := time.Now()
		err = fill(ctx, p.cfg.Log, next, target.Position, p.waits(), func(at eventlog.Position) {
			progress(uint64(at), max(uint64(at), uint64(target.Position)))
		})
		if err != nil {
			return err
		}
		if time.Since(began) < snapshotTime {
			break // what has come meanwhile takes no longer either
		}
	}
	return nil
}

// stored returns the checkpoint of the live generation, whoever moves it.
func (p *Projector) stored(ctx context.Context) (Checkpoint, error) {
	at, found, err := loadCheckpoint(ctx, p.cfg.DB, p.live.names)
	if err != nil {
		return at, fmt.Errorf("read live checkpoint: %w", err)
	}
	if !found || at.Version != p.projection.Version {
		return at, fmt.Errorf("%w: no live rows of version %d", sqldb.ErrNoSchema, p.projection.Version)
	}
	return at, nil
}

// level brings the next generation to the position of the live one. Where the
// live projector is in this process, the caller holds it.
func (p *Projector) level(ctx context.Context, next *tables) error {
	target, err := p.stored(ctx)
	if err != nil {
		return err
	}
	return fill(ctx, p.cfg.Log, next, target.Position, p.waits(), func(eventlog.Position) {})
}

// waits returns who tells what a rebuild waits for, and when that is over: the live
// rows need not be in the same trouble.
func (p *Projector) waits() func(error) {
	waiting := false
	return func(err error) {
		switch {
		case err == nil:
			p.cfg.Logger.Info("rebuild goes on")
		case !waiting:
			p.cfg.Logger.Warn("rebuild waits", "error", err)
		}
		waiting = err != nil
	}
}

// compare compares the generations at equal checkpoints.
func (p *Projector) compare(ctx context.Context, next *tables) (Comparison, error) {
	for range tries {
		found, err := p.compareOnce(ctx, next)
		if err != nil || found.Left == found.Right {
			return found, err
		}
	}
	return Comparison{}, errors.New("the live projection never stood still to be compared")
}

func (p *Projector) compareOnce(ctx context.Context, next *tables) (found Comparison, err error) {
	p.mu.Lock()
	if err := p.level(ctx, next); err != nil {
		p.mu.Unlock()
		return found, err
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		found, err = Diff(ctx, p.cfg.DB, p.live.names.schema, next.names.schema)
	}()
	select {
	case <-done:
	case <-time.After(snapshotTime):
	}
	p.mu.Unlock()
	<-done
	return found, err
}

// exchange puts the next generation in the place of the live one.
func (p *Projector) exchange(ctx context.Context, next *tables, era int) error {
	live, other := p.live.names.schema, next.names.schema
	equal := fmt.Sprintf("select 1 from %s.checkpoint l, %s.checkpoint n where l.position = n.position and n.version = %d",
		live, other, p.projection.Version)
	for range tries {
		err := p.exchangeOnce(ctx, next, era, equal)
		if !errors.Is(err, sqldb.ErrStale) {
			return err
		}
	}
	return errors.New("the live projection never stood still to be exchanged")
}

func (p *Projector) exchangeOnce(ctx context.Context, next *tables, era int, check string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if err := p.level(ctx, next); err != nil {
		return err
	}
	if !p.cfg.Board.current(era) {
		return eventlog.ErrLogChanged
	}
	if err := p.cfg.DB.Promote(ctx, next.names.schema, p.live.names.schema, check); err != nil {
		return err
	}
	p.live.unsure = true // another generation, at the same position
	return nil
}

// replace rebuilds rows that cannot be gone on with, and exchanges them without
// comparing. The caller holds the projector.
func (p *Projector) replace(ctx context.Context) error {
	next := newTables(p.projection, nextGeneration(p.Name()), p.cfg.Decoded, p.cfg.DB)
	if err := next.create(ctx); err != nil {
		return err
	}
	tail, err := p.cfg.Log.End(ctx)
	if err != nil {
		return fmt.Errorf("read the log's end: %w", err)
	}
	if err := fill(ctx, p.cfg.Log, next, tail, p.trouble, func(eventlog.Position) {}); err != nil {
		p.discard(ctx, next)
		return err
	}
	if !p.cfg.Board.current(p.era) {
		p.discard(ctx, next)
		return eventlog.ErrLogChanged
	}
	mine := fmt.Sprintf("select 1 from %s.checkpoint where generation = '%s' and position = %d",
		next.names.schema, next.at.Generation, next.at.Position)
	err = p.cfg.DB.Promote(ctx, next.names.schema, p.live.names.schema, mine)
	if errors.Is(err, sqldb.ErrStale) {
		return fmt.Errorf("%w: its new generation is gone", ErrFenced)
	}
	if err != nil {
		return err
	}
	return p.live.load(ctx)
}

// discard drops a generation that will not be finished, if that can be done
// now; the next rebuild drops it otherwise.
func (p *Projector) discard(ctx context.Context, next *tables) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	if err := p.cfg.DB.Drop(ctx, next.names.schema); err != nil {
		p.cfg.Logger.Warn("unfinished generation stays", "schema", next.names.schema, "error", err)
	}
}
