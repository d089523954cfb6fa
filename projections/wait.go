package projections

import (
	"context"
	"errors"
	"fmt"
	"time"

	"parley/domain"
	"parley/domain/eventlog"
)

const (
	// pollInterval is how often the checkpoints that another instance moves are
	// read while somebody waits for them.
	pollInterval = 20 * time.Millisecond
	// firstSearch and longestSearch bound the growing pauses after which who still
	// waits has the log asked whether there is anything to wait for.
	firstSearch   = 100 * time.Millisecond
	longestSearch = 2 * time.Second
)

// Wait returns when the rows of all named projections contain every event of the
// product up to the position, which is met by the last of them at or below it. A
// position above the log's end is not met. Errors: that of ctx, or
// [eventlog.ErrLogChanged] when the log in which the position was is replaced.
func (b *Board) Wait(ctx context.Context, names []string, position eventlog.Position) error {
	era := b.now()
	for _, name := range names {
		w := waiter{Board: b, name: name, position: position, era: era}
		if err := w.wait(ctx); err != nil {
			return fmt.Errorf("wait for %s at position %d: %w", name, position, err)
		}
	}
	return nil
}

// waiter is one who waits for a projection.
type waiter struct {
	*Board
	name     string
	position eventlog.Position
	era      int
}

func (w *waiter) wait(ctx context.Context) error {
	pause := firstSearch
	searching := time.Now().Add(pause)
	for {
		reached, moved, ask, err := w.look()
		if reached || err != nil {
			return err
		}
		if ask == 0 {
			w.ask(ctx)
			continue
		}
		if time.Now().After(searching) {
			w.search(ctx, moved)
			pause = min(2*pause, longestSearch)
			searching = time.Now().Add(pause)
			continue
		}
		timer := time.NewTimer(min(ask, time.Until(searching)))
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

// look reports whether the position is reached, and if not: what to wait on, and
// how long until the database should be asked. Of those who wait, the one that
// is told zero asks.
func (w *waiter) look() (bool, <-chan struct{}, time.Duration, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	e, ok := w.entries[w.name]
	switch {
	case !ok:
		return false, nil, 0, errors.New("there is no such projection")
	case w.Board.era != w.era:
		return false, nil, 0, eventlog.ErrLogChanged
	case max(e.position, e.passed) >= w.position, e.ofLog && w.heard.passed(e.position, w.position):
		return true, nil, 0, nil
	case e.leading:
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
func (w *waiter) ask(ctx context.Context) {
	at, found, err := loadCheckpoint(ctx, w.db, newNaming(w.name, w.name))
	if err != nil || !found {
		return
	}
	known, era := w.isOfLog(w.name)
	if !known {
		if reason, err := elsewhere(ctx, w.log, w.db, at); err != nil || reason != "" {
			return
		}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if e := w.entries[w.name]; era == w.Board.era && !e.leading && e.position != at.Position {
		e.ofLog = true
		e.move(at.Position)
	}
}

// isOfLog reports whether a projection's rows are known to be of the log, and of
// which era that is.
func (b *Board) isOfLog(name string) (known bool, era int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.entries[name].ofLog, b.era
}

// search finds out whether there is anything between where the projection is and
// what is waited for. A live feed need not tell how far it has come while it
// passes over events of others. The search ends when the projection moves.
func (w *waiter) search(ctx context.Context, moved <-chan struct{}) {
	w.mu.Lock()
	at, ofLog := w.entries[w.name].position, w.entries[w.name].ofLog
	w.mu.Unlock()
	if !ofLog {
		return
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() {
		select {
		case <-moved:
			cancel()
		case <-ctx.Done():
		}
	}()
	reached, err := w.reaches(ctx, at, w.position)
	if err != nil || !reached {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if e := w.entries[w.name]; w.Board.era == w.era && e.position >= at {
		e.passed = max(e.passed, w.position)
		e.move(e.position)
	}
}

// reaches reports whether who has come to one position has also passed another,
// and asks the log only for what the board has not heard.
func (b *Board) reaches(ctx context.Context, at, position eventlog.Position) (bool, error) {
	b.mu.Lock()
	next, found, known := b.heard.next(at)
	reached, era := b.heard.passed(at, position), b.era
	b.mu.Unlock()
	if reached || known && found && next.position <= position {
		return reached, nil
	}
	reached, err := eventlog.Passed(ctx, b.log, at, position, domain.StreamPrefix)
	if err != nil || !reached {
		return false, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.era != era {
		return false, eventlog.ErrLogChanged
	}
	b.heard.free(at, position)
	return true, nil
}
