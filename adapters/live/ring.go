package live

import (
	"sort"
	"sync"

	"parley/domain/eventlog"
)

// ring holds the latest hints and wakes whoever waits for more.
type ring struct {
	mu    sync.Mutex
	hints []hint            // ascending positions
	from  eventlog.Position // everything behind it is here, up to head
	head  eventlog.Position
	grown chan struct{} // closed and replaced when head moves
	most  int
}

func newRing(start eventlog.Position, most int) *ring {
	return &ring{from: start, head: start, grown: make(chan struct{}), most: most}
}

// add releases hints up to a position.
func (r *ring) add(hints []hint, upTo eventlog.Position) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.hints = append(r.hints, hints...)
	if over := len(r.hints) - r.most; over > 0 {
		r.from = r.hints[over-1].position
		r.hints = append([]hint(nil), r.hints[over:]...)
	}
	r.head = max(r.head, upTo)
	close(r.grown)
	r.grown = make(chan struct{})
}

// after returns the hints behind a position, how far they reach, and a channel
// that closes when there is more. It is not ok when the ring no longer holds
// all of them.
func (r *ring) after(p eventlog.Position) (hints []hint, head eventlog.Position, grown <-chan struct{}, ok bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if p < r.from {
		return nil, r.head, r.grown, false
	}
	i := sort.Search(len(r.hints), func(i int) bool { return r.hints[i].position > p })
	return r.hints[i:len(r.hints):len(r.hints)], max(r.head, p), r.grown, true
}

// latest returns how far hints have been released.
func (r *ring) latest() eventlog.Position {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.head
}
