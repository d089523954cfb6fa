package commands

import (
	"context"
	"sync"
	"time"

	"parley/domain/eventlog"
)

// place is how far a follower has come in the log that is there now.
type place struct {
	mu    sync.Mutex
	begun bool
	from  eventlog.Position // of where it began
	last  eventlog.Position // of the last event of ours behind that, else from
	head  eventlog.Position
	asked eventlog.Position // nothing of ours is behind head up to here
	seen  eventlog.Position // how far what is said of streams was met
	moved chan struct{}     // closed and replaced when head moves
}

// begin puts the place to the end of a log.
func (p *place) begin(end eventlog.Position) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.begun, p.from, p.last, p.seen = true, end, end, end
	p.move(end)
}

// take moves the place behind a batch, and returns up to where.
func (p *place) take(batch eventlog.Batch) eventlog.Position {
	p.mu.Lock()
	defer p.mu.Unlock()
	if n := len(batch.Events); n > 0 {
		p.last = batch.Events[n-1].Position
	}
	p.move(max(p.head, p.last, batch.Position))
	return p.head
}

// move is called with mu held.
func (p *place) move(to eventlog.Position) {
	if to != p.head {
		p.head = to
		close(p.moved)
		p.moved = make(chan struct{})
	}
}

// forget is what there is to know of a log that was never followed.
func (p *place) forget() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.begun, p.from, p.last, p.asked, p.seen = false, eventlog.Start, eventlog.Start, eventlog.Start, eventlog.Start
	p.move(eventlog.Start)
}

// known returns it all at one moment.
func (p *place) known() (from, last, head eventlog.Position, begun bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.from, p.last, p.head, p.begun
}

// watched returns how far what is said of streams was met.
func (p *place) watched() eventlog.Position {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.seen
}

// watch notes how far what is said of streams was met.
func (p *place) watch(position eventlog.Position) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.seen = position
}

// learn notes that nothing of ours is behind the head up to a position.
func (p *place) learn(position eventlog.Position) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.asked = max(p.asked, position)
}

// passed reports whether all of ours up to a position was met, and what tells of
// the next move.
func (p *place) passed(position eventlog.Position) (bool, <-chan struct{}) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return max(p.head, p.asked) >= position, p.moved
}

// wait waits so long until the position was passed, and reports whether it was.
func (p *place) wait(ctx context.Context, position eventlog.Position, limit time.Duration) (bool, error) {
	timer := time.NewTimer(limit)
	defer timer.Stop()
	for {
		passed, moved := p.passed(position)
		if passed {
			return true, nil
		}
		select {
		case <-moved:
		case <-timer.C:
			return false, nil
		case <-ctx.Done():
			return false, ctx.Err()
		}
	}
}
