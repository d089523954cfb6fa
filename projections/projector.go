package projections

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/google/uuid"

	"parley/domain"
	"parley/domain/eventlog"
	"parley/domain/sqldb"
)

// restInterval is how long a position that only passed over foreign events may
// stay unstored.
const restInterval = time.Second

// Config is what projectors work with. All fields up to Board are needed.
type Config struct {
	Log      eventlog.Log
	DB       sqldb.DB
	Registry *domain.Registry
	Board    *Board
	// Decoded is shared by the projections of a process. Default: this one
	// decodes by itself.
	Decoded *Decoded
	// Logger hears once when trouble begins and once when it is over, and why a
	// projection is rebuilt. Default: nothing is logged.
	Logger *slog.Logger
}

// Projector keeps the live rows of one projection. Its methods are safe for
// concurrent use; terms do not overlap.
type Projector struct {
	projection Projection
	cfg        Config

	mu   sync.Mutex // held while rows are written
	live *tables
	term <-chan struct{} // ends the pauses of this term; nil when there is none
	era  int             // of the log that this term is about
	seen eventlog.Position
	// refused is a position that the log did not let be followed from.
	refused eventlog.Position
	knows   uuid.UUID // the log that has a witness

	rebuild sync.Mutex // held by the one rebuild at a time
}

// NewProjector returns the projector of a projection and puts it on the board.
func NewProjector(p Projection, cfg Config) *Projector {
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	if cfg.Decoded == nil {
		cfg.Decoded = NewDecoded(cfg.Registry)
	}
	cfg.Logger = cfg.Logger.With("projection", p.Name)
	cfg.Board.add(p.Name)
	return &Projector{
		projection: p, cfg: cfg,
		live: newTables(p, p.Name, cfg.Decoded, cfg.DB),
	}
}

// Name returns the projection's name.
func (p *Projector) Name() string { return p.projection.Name }

// Awaited receives when somebody is in a hurry for events that are not in the rows
// yet.
func (p *Projector) Awaited() <-chan struct{} { return p.cfg.Board.urgent(p.Name()) }

// Begin starts a term and returns the position behind which Apply wants to be
// fed. It creates or rebuilds the schema where that is needed, which takes as
// long as it takes, and waits for ever for what is unavailable. The term's
// pauses end with ctx; the term itself with End, or when Begin or Apply fail.
func (p *Projector) Begin(ctx context.Context) (eventlog.Position, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.term, p.era = ctx.Done(), p.cfg.Board.take(p.Name())
	err := verdict(insist(ctx, p.term, p.trouble, func() error {
		if err := p.settle(ctx); err != nil {
			return err
		}
		return p.witnessed(ctx)
	}))
	if err == nil {
		p.seen = p.live.at.Position
		err = p.cfg.Board.lead(p.Name(), p.seen, p.era)
	}
	if err != nil {
		return 0, p.over(ctx, fmt.Errorf("begin %s: %w", p.Name(), err), false)
	}
	return p.seen, nil
}

// Apply applies the batch that follows the last one, in one transaction. A nil
// error means that its events are in the rows, whoever put them there. Any
// error ends the term: ErrFenced, ErrHalted, domain.ErrUnknownType, ErrIdle,
// eventlog.ErrLogChanged, or that of ctx. What is unavailable is waited for.
func (p *Projector) Apply(ctx context.Context, batch eventlog.Batch) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.term == nil {
		return fmt.Errorf("apply to %s: %w", p.Name(), ErrIdle)
	}
	if len(batch.Events) > 0 || p.rested() {
		err := verdict(insist(ctx, p.term, p.trouble, func() error { return p.advance(ctx, batch) }))
		if err != nil {
			return p.over(ctx, fmt.Errorf("apply to %s: %w", p.Name(), err), true)
		}
	}
	p.seen = max(p.seen, batch.Position)
	p.cfg.Board.advance(p.Name(), p.seen, batch.Live, p.era)
	return nil
}

// advance puts a batch into the rows, unless the log that they are of is not the
// one any more that the batch may be of.
func (p *Projector) advance(ctx context.Context, batch eventlog.Batch) error {
	if !p.cfg.Board.current(p.era) {
		return eventlog.ErrLogChanged
	}
	if err := p.live.advance(ctx, batch.Events, batch.Position); err != nil {
		return err
	}
	return p.witnessed(ctx)
}

// End ends the term, after the batch that is being applied. A damaged log as its
// cause halts the projection; one that was replaced, or does not know the place,
// lets the next term begin by comparing. Other causes are known already, or are
// none.
func (p *Projector) End(cause error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.term = nil
	_, damaged := errors.AsType[*eventlog.DamagedError](cause)
	switch {
	case damaged:
		p.cfg.Board.follow(p.Name(), fmt.Errorf("%w: %w", ErrHalted, cause), true)
	case errors.Is(cause, eventlog.ErrNoSuchPosition):
		p.refused = p.seen
		p.cfg.Board.follow(p.Name(), cause, false)
	case errors.Is(cause, eventlog.ErrLogChanged):
		p.cfg.Board.follow(p.Name(), cause, false)
	default:
		p.cfg.Board.follow(p.Name(), nil, false)
	}
}

// rested reports whether the stored position is old enough to be moved alone.
func (p *Projector) rested() bool { return time.Since(p.live.at.Updated) >= restInterval }

// over ends the term because of an error; that the term was to end is none.
func (p *Projector) over(ctx context.Context, err error, lasting bool) error {
	p.term = nil
	fault := err
	if ctx.Err() != nil {
		fault = nil
	}
	p.cfg.Board.follow(p.Name(), fault, lasting)
	return err
}

// trouble shows what is being waited for, or that it is over.
func (p *Projector) trouble(err error) {
	switch began := p.cfg.Board.retrying(p.Name(), err); {
	case err == nil:
		p.cfg.Logger.Info("projection goes on")
	case began:
		p.cfg.Logger.Warn("projection waits", "error", err)
	}
}
