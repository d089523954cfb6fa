package projections

import (
	"context"
	"time"

	"parley/domain/eventlog"
)

// watchInterval is how often rows that another instance moves are compared with
// the log, at most, until they have been found to be at its end.
const watchInterval = 250 * time.Millisecond

// watch compares rows that are led elsewhere, or by nobody now, with the log: an
// instance that does not lead is ready when it has found that they are of this log,
// and come to what was its end when the instance first looked. What cannot be asked
// now is asked again later.
func (b *Board) watch(ctx context.Context, name string, at Checkpoint) {
	if ctx.Err() != nil {
		return
	}
	era, due := b.watches(name)
	if !due {
		return
	}
	reason, err := elsewhere(ctx, b.log, b.db, at)
	caughtUp := false
	if err == nil && reason == "" {
		caughtUp = b.isAtEnd(ctx, at)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	e := b.entries[name]
	switch {
	case b.era != era || e.leading || e.taking:
	case err != nil:
		e.unready = "the event log cannot be asked about it"
	case reason != "":
		e.unbegin("it is to be made anew: " + reason)
	default:
		e.ofLog, e.begun, e.caughtUp, e.unready = true, true, caughtUp, ""
	}
}

// watches reports whether the projection's rows are to be compared now.
func (b *Board) watches(name string) (era int, due bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	e := b.entries[name]
	if e.leading || e.taking || e.begun && e.caughtUp || time.Since(e.looked) < watchInterval {
		return b.era, false
	}
	e.looked = time.Now()
	return b.era, true
}

// isAtEnd reports whether rows have come to what was the log's end when the board
// first looked for it.
func (b *Board) isAtEnd(ctx context.Context, at Checkpoint) bool {
	end, err := b.end(ctx)
	if err != nil {
		return false
	}
	reached, err := b.reaches(ctx, at.Position, end)
	return err == nil && reached
}

// end returns the log's end as it was first found.
func (b *Board) end(ctx context.Context) (eventlog.Position, error) {
	b.mu.Lock()
	end, era := b.ended, b.era
	b.mu.Unlock()
	if end != nil {
		return *end, nil
	}
	found, err := b.log.End(ctx)
	if err != nil {
		return eventlog.Start, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.era == era && b.ended == nil {
		b.ended = &found
	}
	return found, nil
}
