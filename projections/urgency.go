package projections

import (
	"context"

	"parley/domain/eventlog"
)

// urgency is who cannot wait for a projection's rest to end. The board's lock
// guards it.
type urgency struct {
	waiters map[*eventlog.Position]struct{}
	token   chan struct{} // holds one while the projector should not rest
}

func newUrgency() urgency {
	return urgency{waiters: map[*eventlog.Position]struct{}{}, token: make(chan struct{}, 1)}
}

// remind leaves a token if somebody waits for more than the position.
func (u urgency) remind(position eventlog.Position) {
	for waiter := range u.waiters {
		if *waiter > position {
			u.signal()
			return
		}
	}
}

func (u urgency) signal() {
	select {
	case u.token <- struct{}{}:
	default:
	}
}

// WaitUrgently is Wait for who is in a hurry: projectors of this process that are
// still to come to the position do not rest before they have.
func (b *Board) WaitUrgently(ctx context.Context, names []string, position eventlog.Position) error {
	waiter := &position
	b.hurry(names, waiter)
	defer b.calm(names, waiter)
	return b.Wait(ctx, names, position)
}

func (b *Board) hurry(names []string, waiter *eventlog.Position) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, name := range names {
		if e, ok := b.entries[name]; ok && e.position < *waiter {
			e.urgent.waiters[waiter] = struct{}{}
			e.urgent.signal()
		}
	}
}

func (b *Board) calm(names []string, waiter *eventlog.Position) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, name := range names {
		if e, ok := b.entries[name]; ok {
			delete(e.urgent.waiters, waiter)
		}
	}
}

// urgent returns where a token lies while somebody is in a hurry for a
// projection.
func (b *Board) urgent(name string) <-chan struct{} {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.entries[name].urgent.token
}
