package projections

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"parley/domain/eventlog"
	"parley/domain/sqldb"
)

// pollInterval is how often the checkpoints that another instance moves are
// read while somebody waits for them.
const pollInterval = 20 * time.Millisecond

// Board knows how far each projection has come: at once where this process
// leads, by asking the database while somebody waits where it does not. It is
// safe for concurrent use.
type Board struct {
	log eventlog.Log
	db  sqldb.DB

	mu      sync.Mutex
	order   []string
	entries map[string]*entry
	hooks   []func(name string, position eventlog.Position)
}

// entry is one projection's line on the board.
type entry struct {
	position eventlog.Position
	leading  bool
	fault    error         // ended the last term, or the one before if this one got no further
	lasting  bool          // the fault is over only when the position moves
	trouble  error         // is being waited for
	moved    chan struct{} // closed when the position or the leading changes
	urgent   urgency
	asked    time.Time // when the database was last asked
}

// NewBoard returns an empty board over a log and a database.
func NewBoard(log eventlog.Log, db sqldb.DB) *Board {
	return &Board{log: log, db: db, entries: map[string]*entry{}}
}

// OnAdvance registers a function that is called after every commit that moves a
// projection led here, in the order of the log for each projection. It must
// return at once. Register before the first term begins.
func (b *Board) OnAdvance(hook func(name string, position eventlog.Position)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.hooks = append(b.hooks, hook)
}

// Wait returns when the rows of all named projections contain every event up to
// the position, or with the error of ctx.
func (b *Board) Wait(ctx context.Context, names []string, position eventlog.Position) error {
	for _, name := range names {
		if err := b.waitFor(ctx, name, position); err != nil {
			return fmt.Errorf("wait for %s at position %d: %w", name, position, err)
		}
	}
	return nil
}

func (b *Board) waitFor(ctx context.Context, name string, position eventlog.Position) error {
	for {
		reached, moved, ask, err := b.look(name, position)
		if reached || err != nil {
			return err
		}
		if ask == 0 {
			b.ask(ctx, name)
			continue
		}
		timer := time.NewTimer(ask)
		select {
		case <-moved:
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return ctx.Err()
		}
		timer.Stop()
	}
}

// look reports whether a position is reached, and if not: what to wait on, and
// how long until the database should be asked. Of those who wait, the one that
// is told zero asks.
func (b *Board) look(name string, position eventlog.Position) (bool, <-chan struct{}, time.Duration, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	e, ok := b.entries[name]
	if !ok {
		return false, nil, 0, errors.New("there is no such projection")
	}
	if e.position >= position {
		return true, nil, 0, nil
	}
	if e.leading {
		return false, e.moved, time.Hour, nil
	}
	wait := max(0, pollInterval-time.Since(e.asked))
	if wait == 0 {
		e.asked = time.Now()
	}
	return false, e.moved, wait, nil
}

// ask reads a checkpoint that is moved elsewhere. What cannot be read now is
// asked again later.
func (b *Board) ask(ctx context.Context, name string) {
	at, found, err := loadCheckpoint(ctx, b.db, newNaming(name, name))
	if err != nil || !found {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if e := b.entries[name]; !e.leading && e.position != at.Position {
		e.move(at.Position)
	}
}

// move sets the position and wakes who waits. The board's lock is held.
func (e *entry) move(position eventlog.Position) {
	e.position = position
	close(e.moved)
	e.moved = make(chan struct{})
}

// add puts a projection on the board.
func (b *Board) add(name string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if _, twice := b.entries[name]; twice {
		return
	}
	b.entries[name] = &entry{moved: make(chan struct{}), urgent: newUrgency()}
	b.order = append(b.order, name)
	slices.Sort(b.order)
}

// lead notes that a term began.
func (b *Board) lead(name string, position eventlog.Position) {
	b.mu.Lock()
	e := b.entries[name]
	e.leading, e.trouble = true, nil
	if !e.lasting {
		e.fault = nil
	}
	e.move(position)
	b.mu.Unlock()
	b.tell(name, position)
}

// advance notes a commit.
func (b *Board) advance(name string, position eventlog.Position) {
	b.mu.Lock()
	e := b.entries[name]
	e.fault, e.lasting = nil, false
	e.move(position)
	e.urgent.remind(position)
	b.mu.Unlock()
	b.tell(name, position)
}

func (b *Board) tell(name string, position eventlog.Position) {
	b.mu.Lock()
	hooks := b.hooks
	b.mu.Unlock()
	for _, hook := range hooks {
		hook(name, position)
	}
}

// follow notes that a term ended, and because of which fault; nil keeps the one
// that was. A lasting fault is shown until the position moves, so that trying
// again does not hide it for a moment.
func (b *Board) follow(name string, fault error, lasting bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	e := b.entries[name]
	e.leading, e.trouble = false, nil
	if fault != nil {
		e.fault, e.lasting = fault, lasting
	}
	e.move(e.position)
}

// retrying notes what a projector waits for, or that it no longer does, and
// reports whether that is news.
func (b *Board) retrying(name string, err error) (news bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	e := b.entries[name]
	news = (e.trouble == nil) != (err == nil)
	e.trouble = err
	return news
}
