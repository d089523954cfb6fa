package eventlog

import (
	"context"
	"errors"
	"sync"
)

// maxPlaces is how many positions [Places] keeps.
const maxPlaces = 8192

// Places tells positions of one log from other numbers: it keeps the newest that
// the log handed out, and asks the log about any other once. What comes from
// outside is checked here before anything is made of it. It belongs to one log:
// one that takes its place has other positions. It is safe for concurrent use.
type Places struct {
	log Log

	mu    sync.Mutex
	known map[Position]struct{}
	order []Position // as they were noted; full, it begins at next
	next  int
}

// NewPlaces returns the places of a log, none of them known.
func NewPlaces(log Log) *Places {
	return &Places{log: log, known: map[Position]struct{}{}}
}

// Note keeps a position that the log handed out.
func (p *Places) Note(position Position) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if _, known := p.known[position]; known {
		return
	}
	p.known[position] = struct{}{}
	if len(p.order) < maxPlaces {
		p.order = append(p.order, position)
		return
	}
	delete(p.known, p.order[p.next])
	p.order[p.next] = position
	p.next = (p.next + 1) % maxPlaces
}

// Check returns nil for Start and for a position of the log, whether or not its
// event can still be read. Errors: ErrNoSuchPosition for any other number, or why
// it cannot be found out.
func (p *Places) Check(ctx context.Context, position Position) error {
	if position == Start || p.knows(position) {
		return nil
	}
	if _, err := p.log.At(ctx, position); err != nil && !errors.Is(err, ErrGone) {
		return err
	}
	p.Note(position)
	return nil
}

func (p *Places) knows(position Position) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	_, known := p.known[position]
	return known
}
