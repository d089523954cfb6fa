package eventnode

import (
	"log/slog"
	"slices"
	"sync"
	"time"

	"parley/domain/eventlog"
)

// Finding is damage: at which position, and what it is. Position 0 is the log as
// a whole.
type Finding struct {
	Position eventlog.Position `json:"position"`
	Reason   string            `json:"reason"`
}

// Health is what a node knows of its own state.
type Health struct {
	Damage   []Finding         // that the background check has met, at most 100
	Scrubbed eventlog.Position // how far the present round has come
	Rounds   int               // that have been all the way
	Ended    time.Time         // when the last of them was through
	Fault    error             // why nothing can be appended now, if so
	Read     int64             // events read from the file since it was opened
}

// Health returns the state. It costs next to nothing.
func (n *Node) Health() Health {
	h := n.health.now()
	h.Read = n.store.pages.read.Load()
	return h
}

// maxDamage bounds the findings that are kept in memory.
const maxDamage = 100

// health collects what the writer and the background check tell.
type health struct {
	mu     sync.Mutex
	state  Health
	since  time.Time // of the fault
	logger *slog.Logger
}

func (h *health) now() Health {
	h.mu.Lock()
	defer h.mu.Unlock()
	state := h.state
	state.Damage = slices.Clone(state.Damage)
	return state
}

// fault says why nothing can be appended, nil that it can.
func (h *health) fault(err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if err != nil && h.state.Fault == nil {
		h.since = time.Now()
	}
	h.state.Fault = err
}

// trouble says the fault in the port's words.
func (h *health) trouble() eventlog.Trouble {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.state.Fault == nil {
		return eventlog.Trouble{}
	}
	return eventlog.Trouble{Since: h.since, Err: &eventlog.RefusedError{Refusal: eventlog.RefusedWrites, Call: "append", Err: h.state.Fault}}
}

// passed says how far the check has come and what it met there. Each finding is
// logged once.
func (h *health) passed(to eventlog.Position, found []Finding) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.state.Scrubbed = to
	for _, f := range found {
		if slices.Contains(h.state.Damage, f) || len(h.state.Damage) >= maxDamage {
			continue
		}
		h.state.Damage = append(h.state.Damage, f)
		h.logger.Error("event log is damaged", slog.Uint64("position", uint64(f.Position)), slog.String("reason", f.Reason))
	}
}

// through says that the check has been all the way.
func (h *health) through() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.state.Rounds, h.state.Ended = h.state.Rounds+1, time.Now()
}
