package eventstore

import (
	"context"
	"errors"
	"slices"
	"sort"
	"sync"

	"parley/domain/eventlog"
)

// Limits of what a trunk's ring keeps.
const (
	ringEvents = 8192
	ringBytes  = 8 << 20
)

// errOverrun is what a reader gets behind whose position events were pushed out.
var errOverrun = errors.New("reader is behind the ring")

// ring keeps the newest events of a feed for any number of readers, each of which
// knows its own place. It waits for nobody: the oldest events make room for new
// ones. Readers share the bytes of its events, so nobody may change them.
type ring struct {
	maxEvents, maxBytes int

	mu     sync.Mutex
	events []eventlog.Recorded // oldest first
	bytes  int
	floor  eventlog.Position // all events of the feed behind it are here
	head   eventlog.Position // how far pumps have come
	live   bool
	ended  error
	moved  chan struct{} // closed when something changes; nil while nobody waits
}

func newRing(after eventlog.Position, maxEvents, maxBytes int) *ring {
	return &ring{maxEvents: maxEvents, maxBytes: maxBytes, floor: after, head: after}
}

// put implements [sink]. It never waits.
func (r *ring) put(ctx context.Context, e eventlog.Recorded) error {
	r.change(ctx, func() bool {
		r.push(e)
		return true
	})
	return context.Cause(ctx)
}

// push makes room and adds an event.
func (r *ring) push(e eventlog.Recorded) {
	for len(r.events) > 0 && (len(r.events) >= r.maxEvents || r.bytes+size(e) > r.maxBytes) {
		r.floor = r.events[0].Position
		r.bytes -= size(r.events[0])
		r.events[0] = eventlog.Recorded{}
		r.events = r.events[1:]
	}
	r.events = append(r.events, e)
	r.bytes += size(e)
	r.head = max(r.head, e.Position)
}

// pass implements [sink].
func (r *ring) pass(ctx context.Context, p eventlog.Position) {
	r.change(ctx, func() bool {
		forward := p > r.head
		r.head = max(p, r.head)
		return forward
	})
}

// setLive implements [sink].
func (r *ring) setLive(ctx context.Context, live bool) {
	r.change(ctx, func() bool {
		became := live && !r.live
		r.live = live
		return became
	})
}

// change lets a pump change the ring; all readers wake when they should know.
func (r *ring) change(ctx context.Context, apply func() bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if ctx.Err() == nil && apply() {
		r.wake()
	}
}

// end implements [sink]. Readers get the error once they have all events.
func (r *ring) end(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.live, r.ended = false, err
	r.wake()
}

// wake wakes all who wait. The caller holds mu.
func (r *ring) wake() {
	if r.moved != nil {
		close(r.moved)
		r.moved = nil
	}
}

// reached implements [sink].
func (r *ring) reached() eventlog.Position {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.head
}

// near reports whether a reader at a position misses nothing here, is not to wait
// for what it has had, and has half of the ring before it is overrun.
func (r *ring) near(at eventlog.Position) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if at < r.floor || r.ended != nil || at > r.head && !r.live {
		return false
	}
	bytes, behind := 0, r.behind(at)
	for i := range behind {
		bytes += size(behind[i])
	}
	return len(behind) <= r.maxEvents/2 && bytes <= r.maxBytes/2
}

// behind returns the events behind a position. The caller holds mu.
func (r *ring) behind(at eventlog.Position) []eventlog.Recorded {
	return r.events[sort.Search(len(r.events), func(i int) bool { return r.events[i].Position > at }):]
}

// next waits until there is something that the follower has not had and takes
// all of it, within the limits of a batch. It fails with errOverrun when the
// follower missed something, which only a feed of its own can bring.
func (r *ring) next(ctx context.Context, f *follower) (eventlog.Batch, error) {
	for {
		if err := ctx.Err(); err != nil {
			return eventlog.Batch{}, err
		}
		batch, moved, err := r.take(f.at, f.live)
		if moved == nil {
			return batch, err
		}
		select {
		case <-moved:
		case <-ctx.Done():
		case <-f.ctx.Done():
			return eventlog.Batch{}, context.Cause(f.ctx)
		}
	}
}

// take hands out what is there now for a reader at a position that knows whether
// it is live. If that is nothing, it returns what is closed when there may be.
func (r *ring) take(at eventlog.Position, live bool) (batch eventlog.Batch, moved <-chan struct{}, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if at < r.floor {
		return eventlog.Batch{}, nil, errOverrun
	}
	events := r.behind(at)
	if n, _ := fitting(events); n < len(events) {
		return eventlog.Batch{Events: slices.Clone(events[:n]), Position: events[n-1].Position}, nil, nil
	}
	batch = eventlog.Batch{Events: slices.Clone(events), Position: max(at, r.head), Live: r.live}
	if batch.Position > at || batch.Live && !live {
		return batch, nil, nil
	}
	if r.ended != nil {
		return eventlog.Batch{}, nil, r.ended
	}
	if r.moved == nil {
		r.moved = make(chan struct{})
	}
	return batch, r.moved, nil
}
