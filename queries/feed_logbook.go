package queries

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"

	"github.com/google/uuid"

	"parley/domain"
	"parley/domain/eventlog"
)

// logbook is what the feed knows of one log without asking it. It ends with the
// log: whatever still goes on then writes into a book that nobody opens again.
type logbook struct {
	log    eventlog.Log
	heard  Heard
	places *eventlog.Places
	ended  chan struct{} // closed once another log is in this one's place

	mu       sync.Mutex
	identity uuid.UUID // zero: not found yet, or none
	// silent is a stretch with nothing of ours, up to where hearing began.
	silent stretch
}

// stretch is behind one position and up to another.
type stretch struct{ behind, upTo eventlog.Position }

// logbooks has the book of the log that answers now.
type logbooks struct{ now atomic.Pointer[logbook] }

func newLogbooks(log eventlog.Log, heard Heard) *logbooks {
	open := func() *logbook {
		return &logbook{log: log, heard: heard, places: eventlog.NewPlaces(log), ended: make(chan struct{})}
	}
	all := &logbooks{}
	all.now.Store(open())
	log.OnReplaced(func() { close(all.now.Swap(open()).ended) })
	return all
}

// isOver reports whether there is another log in the place of the book's. What is
// heard of the other one is heard after that.
func (b *logbook) isOver() bool {
	select {
	case <-b.ended:
		return true
	default:
		return false
	}
}

// reach returns how far nothing of ours follows a position, and whether that is
// known. Then the log need not be asked.
func (b *logbook) reach(after eventlog.Position) (upTo eventlog.Position, known bool) {
	_, last, head := b.heard.Known()
	b.mu.Lock()
	if last == b.silent.upTo {
		last = b.silent.behind
	}
	b.mu.Unlock()
	if head == eventlog.Start || after < last {
		return after, false
	}
	return max(after, head), true
}

// search reads the log behind a position to the end, or until enough was passed on.
func (b *logbook) search(ctx context.Context, after eventlog.Position, enough int, pass func(eventlog.Recorded)) (read int, err error) {
	_, last, _ := b.heard.Known()
	for e, err := range b.log.ReadAll(ctx, after, domain.StreamPrefix, enough) {
		if err != nil {
			return read, err
		}
		pass(e)
		read++
		after = e.Position
	}
	if read < enough {
		b.found(stretch{after, last})
	}
	return read, nil
}

// found keeps that there is nothing of ours in a stretch in front of the last that
// was heard, which then is the end where hearing began: nobody need search it again.
func (b *logbook) found(silent stretch) {
	if silent.behind >= silent.upTo {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.silent = silent
}

// identify returns the id of the log's first event of ours, zero while there is
// none.
func (b *logbook) identify(ctx context.Context) (uuid.UUID, error) {
	b.mu.Lock()
	id := b.identity
	b.mu.Unlock()
	if _, none := b.reach(eventlog.Start); none || id != uuid.Nil {
		return id, nil
	}
	_, last, _ := b.heard.Known()
	id, err := eventlog.Identity(ctx, b.log, domain.StreamPrefix)
	if err != nil {
		return uuid.Nil, fmt.Errorf("identify the log: %w", err)
	}
	if id == uuid.Nil {
		b.found(stretch{eventlog.Start, last})
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.identity = id
	return id, nil
}

// admit returns the log's identity to who names a position of it, and that log if
// any. Errors: eventlog.ErrNoSuchPosition where it is another log or no position.
func (b *logbook) admit(ctx context.Context, named uuid.UUID, after eventlog.Position) (uuid.UUID, error) {
	id, err := b.identify(ctx)
	if err != nil {
		return uuid.Nil, err
	}
	if named != uuid.Nil && named != id {
		return id, fmt.Errorf("log %s is asked for: %w", named, eventlog.ErrNoSuchPosition)
	}
	return id, b.places.Check(ctx, after)
}

// head returns how far the log has been followed; Start before that has begun.
func (b *logbook) head() eventlog.Position {
	_, _, head := b.heard.Known()
	return head
}

// end returns the head, or, before there is one, where the log ends.
func (b *logbook) end(ctx context.Context) (eventlog.Position, error) {
	if head := b.head(); head != eventlog.Start {
		return head, nil
	}
	return b.log.End(ctx)
}
