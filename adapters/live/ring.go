package live

import (
	"sort"
	"sync"

	"parley/domain/eventlog"
)

// ring holds the latest released hints and wakes whoever waits for more.
type ring struct {
	most int // this many hints are kept at least, twice as many at most

	mu    sync.Mutex
	hints []hint            // ascending positions; what stands in it never changes
	from  eventlog.Position // every hint behind it and up to head is here
	head  eventlog.Position
	grown chan struct{} // closed and replaced when there are more hints
}

// reach is what the ring has for one who asks: the hints behind a position, how
// far they reach, and a channel that closes when there are more.
type reach struct {
	hints []hint
	head  eventlog.Position
	grown <-chan struct{}
}

func newRing(most int) *ring { return &ring{grown: make(chan struct{}), most: most} }

// skip moves the ring behind a position whose hints it will not hold.
func (r *ring) skip(to eventlog.Position) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if to <= r.head {
		return
	}
	r.hints, r.from, r.head = nil, to, to
	r.wake()
}

// add releases hints up to a position. Hints that it already passed it leaves
// out.
func (r *ring) add(hints []hint, upTo eventlog.Position) {
	r.mu.Lock()
	defer r.mu.Unlock()
	hints = behind(hints, r.head)
	r.head = max(r.head, upTo)
	if len(hints) == 0 {
		return
	}
	r.hints = append(r.hints, hints...)
	// Twice as many are kept, so that dropping the old ones costs little for each.
	if over := len(r.hints) - r.most; over > r.most {
		r.from = r.hints[over-1].position
		r.hints = append(make([]hint, 0, 2*r.most), r.hints[over:]...)
	}
	r.wake()
}

// wake wakes who waits. The lock is held.
func (r *ring) wake() {
	close(r.grown)
	r.grown = make(chan struct{})
}

// after returns the hints behind a position. When the ring does not hold all of
// them it is not ok, and from is where it begins.
func (r *ring) after(p eventlog.Position) (found reach, from eventlog.Position, ok bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.reach(r.hints, p), r.from, p >= r.from
}

// join returns the hints behind a position of which the ring lacks the older
// ones, and keeps those if there is room. It is not ok when the ring no longer
// begins at from, where the older ones end.
func (r *ring) join(older []hint, p, from eventlog.Position) (found reach, ok bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.from != from {
		return reach{}, false
	}
	all := append(older[:len(older):len(older)], r.hints...)
	if len(all) <= r.most {
		r.hints, r.from = all, p
	}
	return r.reach(all, p), true
}

// reach returns those of hints behind p. The lock is held.
func (r *ring) reach(hints []hint, p eventlog.Position) reach {
	found := behind(hints, p)
	return reach{found[:len(found):len(found)], max(r.head, p), r.grown}
}

// behind returns the hints behind a position.
func behind(hints []hint, p eventlog.Position) []hint {
	return hints[sort.Search(len(hints), func(i int) bool { return hints[i].position > p }):]
}

// holds reports whether there is a hint of the event at a position.
func (r *ring) holds(p eventlog.Position) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	i := sort.Search(len(r.hints), func(i int) bool { return r.hints[i].position >= p })
	return i < len(r.hints) && r.hints[i].position == p
}

// latest returns how far hints have been released.
func (r *ring) latest() eventlog.Position {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.head
}
