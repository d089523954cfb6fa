package eventstore

import (
	"context"
	"sync"
	"sync/atomic"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
)

// line is one client on one connection, and the calls in flight on it. Its context
// ends when it is retired; its client is closed when it is retired and the last call
// has left.
type line struct {
	client *esdb.Client
	ctx    context.Context
	drop   context.CancelFunc
	closed func()

	heard    atomic.Bool // something came since the last heartbeat
	answered atomic.Bool // something ever came

	mu      sync.Mutex
	calls   int
	retired bool
}

// newLine returns a line that calls closed once its client is closed. Its context
// ends with the store's at the latest.
func newLine(store context.Context, client *esdb.Client, closed func()) *line {
	ctx, drop := context.WithCancel(store)
	return &line{client: client, ctx: ctx, drop: drop, closed: closed}
}

// enter counts a call in, unless the line is retired.
func (l *line) enter() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.retired {
		return false
	}
	l.calls++
	return true
}

// leave counts a call out.
func (l *line) leave() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.calls--
	l.closeIfDrained()
}

// retire lets no more calls in and cancels those that are.
func (l *line) retire() {
	l.drop()
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.retired {
		l.retired = true
		l.closeIfDrained()
	}
}

// closeIfDrained closes the client; a client closed under a call panics.
func (l *line) closeIfDrained() {
	if l.retired && l.calls == 0 {
		_ = l.client.Close() // it always returns nil
		l.closed()
	}
}

// hear notes that the server sent something.
func (l *line) hear() {
	if !l.heard.Load() {
		l.heard.Store(true)
		l.answered.Store(true)
	}
}
