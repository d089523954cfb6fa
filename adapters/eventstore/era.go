package eventstore

import (
	"context"
	"math"
	"slices"
	"sync"

	"github.com/google/uuid"

	"parley/domain/eventlog"
)

// era is the time of one log at the other end. Everything that is known of the log
// hangs on it, and every call and subscription belongs to the era in which it
// began: when another log is found in its place, they end, and this is dropped.
type era struct {
	store  *Store
	ctx    context.Context // ends with ErrLogChanged, or ErrClosed
	end    context.CancelCauseFunc
	known  *places
	trunks map[string]*trunk // by prefix; only those that somebody is on; guarded by the store's mu

	mu    sync.Mutex
	first mark // the log's first event; zero while it had none
	last  mark // of those handed out or acknowledged, the one with the highest position
}

// mark is an event by which a log is recognised.
type mark struct {
	at eventlog.Position
	id uuid.UUID
	// others are the ids of the same append. A position that an append was answered
	// with is mostly that of its last event, and always that of one of them.
	others []uuid.UUID
}

// is reports whether the mark is that of an event at its position.
func (m mark) is(r *eventlog.Recorded) bool {
	return m.id == r.ID || slices.Contains(m.others, r.ID)
}

// newEra begins an era of a store.
func newEra(s *Store) *era {
	e := &era{store: s, known: &places{}, trunks: map[string]*trunk{}}
	e.ctx, e.end = context.WithCancelCause(s.ctx)
	return e
}

// present is the era that calls begin in.
func (s *Store) present() *era {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.era
}

// replaced returns [eventlog.ErrLogChanged] if the era has ended with it. Nothing
// that a call of the era has come to may be handed out then: it may be of another log.
func (e *era) replaced() error {
	if context.Cause(e.ctx) == eventlog.ErrLogChanged {
		return eventlog.ErrLogChanged
	}
	return nil
}

// saw remembers an event that is handed out. A server that does not tell an event's
// position, as old ones do of a stream's, says minus one.
func (e *era) saw(r *eventlog.Recorded) {
	if r.Position > math.MaxInt64 {
		return
	}
	e.known.add(r.Position)
	e.mu.Lock()
	defer e.mu.Unlock()
	if r.Position > e.last.at {
		e.last = mark{at: r.Position, id: r.ID}
	}
}

// acknowledged remembers an append that was answered.
func (e *era) acknowledged(at eventlog.Position, ids []uuid.UUID) {
	e.known.add(at)
	e.mu.Lock()
	defer e.mu.Unlock()
	if at > e.last.at {
		e.last = mark{at: at, others: ids}
	}
}

// marks are the events by which the log is recognised.
func (e *era) marks() (first, last mark) {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.first, e.last
}

// begins remembers the log's first event.
func (e *era) begins(r *eventlog.Recorded) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.first = mark{at: r.Position, id: r.ID}
}
