package sqlite

import (
	"context"
	"fmt"
	"sync"

	"parley/domain/sqldb"
)

// leaders holds the leaderships of this process, which is the only one.
type leaders struct {
	mu     sync.Mutex
	held   map[string]*lease
	closed bool
}

// lease is a held leadership.
type lease struct {
	leaders *leaders
	name    string
	lost    chan struct{}
	freed   chan struct{} // closed by Release or Close
}

// Lead waits for its turn among the callers of this process.
func (db *DB) Lead(ctx context.Context, name string) (sqldb.Lease, error) {
	for {
		if err := ctx.Err(); err != nil {
			return nil, fmt.Errorf("lead %s: %w", name, err)
		}
		won, other, err := db.leaders.try(name)
		if err != nil {
			return nil, fmt.Errorf("lead %s: %w", name, err)
		}
		if won != nil {
			return won, nil
		}
		select {
		case <-other.freed:
		case <-ctx.Done():
		}
	}
}

// try returns a lease, or that of the leader whom to wait for.
func (l *leaders) try(name string) (won, other *lease, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return nil, nil, errClosed
	}
	if leader := l.held[name]; leader != nil {
		return nil, leader, nil
	}
	if l.held == nil {
		l.held = map[string]*lease{}
	}
	won = &lease{leaders: l, name: name, lost: make(chan struct{}), freed: make(chan struct{})}
	l.held[name] = won
	return won, nil, nil
}

// close takes leadership from everybody.
func (l *leaders) close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.closed = true
	for name, leader := range l.held {
		delete(l.held, name)
		close(leader.lost)
		close(leader.freed)
	}
}

// Lost is closed when the DB was closed.
func (l *lease) Lost() <-chan struct{} { return l.lost }

// Release lets the next candidate lead.
func (l *lease) Release() {
	l.leaders.mu.Lock()
	defer l.leaders.mu.Unlock()
	if l.leaders.held[l.name] == l {
		delete(l.leaders.held, l.name)
		close(l.freed)
	}
}
