package commands

import (
	"context"
	"math"
	"sync"
	"time"

	"github.com/google/uuid"

	"parley/domain/eventlog"
)

// Limits of what is remembered of keys, and of asking for older ones.
const (
	recentKeys   = 1 << 16
	olderTimeout = 200 * time.Millisecond
	olderRest    = time.Second
)

// Keys remembers the idempotency keys lately used on any stream, by whichever
// instance, and makes requests with one key wait for each other. It holds every
// receipt behind its floor: the log's tail at the start, less where nothing of ours
// is before that, or the newest receipt dropped since.
type Keys struct {
	older Receipts
	limit int
	// passed reports whether nothing of ours is between two positions of the log.
	passed func(ctx context.Context, at, position eventlog.Position) (bool, error)

	mu     sync.Mutex
	gates  map[uuid.UUID]*keyGate
	recent map[uuid.UUID]located
	order  []uuid.UUID // a ring of what stands in recent
	oldest int
	floor  eventlog.Position
	rest   time.Time // older is not asked before
	asked  time.Time // when passed was
}

// located is a receipt and the stream that it is of.
type located struct {
	receipt
	stream string
}

// keyGate is the gate of one key while anybody uses it.
type keyGate struct {
	gate
	users int
}

// prior is what is known of a key before its stream is read: a receipt if
// stream is set, and that nothing was missed up to covered and behind floor.
type prior struct {
	located
	covered, floor eventlog.Position
}

// hides reports whether a receipt may have been missed: one of before the
// memory, if the stream has any, that the stream forgot and nothing covers.
func (p prior) hides(here *ring) bool {
	return here.first <= p.floor && min(here.forgotten, p.floor) > p.covered
}

// NewKeys returns an empty memory; older answers for what it does not hold, and
// may be nil.
func NewKeys(older Receipts) *Keys {
	return &Keys{
		older: older, limit: recentKeys, floor: math.MaxUint64,
		gates: map[uuid.UUID]*keyGate{}, recent: map[uuid.UUID]located{},
	}
}

// startAt makes the memory complete from a position on.
func (k *Keys) startAt(tail eventlog.Position) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.floor = min(k.floor, tail)
}

// forget empties the memory.
func (k *Keys) forget() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.recent, k.order, k.oldest = map[uuid.UUID]located{}, nil, 0
	k.floor, k.rest, k.asked = math.MaxUint64, time.Time{}, time.Time{}
}

// claim waits until nobody else uses the key, and returns what is known of it.
// Release must be called unless there is an error.
func (k *Keys) claim(ctx context.Context, req *Request, scope uuid.UUID) (prior, func(), error) {
	g := k.gateOf(scope)
	if err := g.enter(ctx); err != nil {
		k.giveBack(scope, g)
		return prior{}, nil, err
	}
	return k.find(ctx, req, scope), func() { g.leave(); k.giveBack(scope, g) }, nil
}

func (k *Keys) gateOf(scope uuid.UUID) *keyGate {
	k.mu.Lock()
	defer k.mu.Unlock()
	g, ok := k.gates[scope]
	if !ok {
		g = &keyGate{gate: newGate()}
		k.gates[scope] = g
	}
	g.users++
	return g
}

func (k *Keys) giveBack(scope uuid.UUID, g *keyGate) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if g.users--; g.users == 0 {
		delete(k.gates, scope)
	}
}

// find looks into the memory, then where older receipts are. Not being able to
// look there is no error: it only leaves the answer uncovered.
func (k *Keys) find(ctx context.Context, req *Request, scope uuid.UUID) prior {
	k.mu.Lock()
	found, ok := k.recent[scope]
	floor, resting := k.floor, time.Now().Before(k.rest)
	k.mu.Unlock()
	p := prior{located: found, floor: floor}
	if ok || floor == eventlog.Start || k.older == nil || resting {
		return p
	}
	ctx, cancel := context.WithTimeout(ctx, olderTimeout)
	defer cancel()
	r, ok, covered, err := k.older.Find(ctx, req.Actor.Organization, req.Actor.Person, req.Key)
	if err != nil {
		k.restFor(olderRest)
		return p
	}
	p.covered = covered
	if covered < floor {
		p.floor = k.lower(ctx, covered, floor)
	}
	if ok {
		p.located = located{receipt: compact(r), stream: r.Stream}
	}
	return p
}

// lower lowers the floor to what older receipts cover, if nothing of ours is between:
// they may never say that they cover what others wrote. It returns the floor.
func (k *Keys) lower(ctx context.Context, covered, floor eventlog.Position) eventlog.Position {
	k.mu.Lock()
	again := floor != math.MaxUint64 && time.Since(k.asked) > olderRest
	if again {
		k.asked = time.Now()
	}
	k.mu.Unlock()
	if !again {
		return floor
	}
	if passed, err := k.passed(ctx, covered, floor); err != nil || !passed {
		return floor
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.floor == floor {
		k.floor = covered
	}
	return covered
}

// restFor spares commands the wait for a database that just failed.
func (k *Keys) restFor(d time.Duration) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.rest = time.Now().Add(d)
}

// add remembers a receipt, or that it goes on; those of before the floor are
// left out, since the memory is not complete there.
func (k *Keys) add(stream string, r receipt) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if r.Position <= k.floor {
		return
	}
	if had, ok := k.recent[r.Scope]; ok {
		if had.stream == stream && had.Last < r.Last {
			had.Last, had.Position = r.Last, r.Position
			k.recent[r.Scope] = had
		}
		return
	}
	k.recent[r.Scope] = located{receipt: r, stream: stream}
	if len(k.order) < k.limit {
		k.order = append(k.order, r.Scope)
		return
	}
	k.drop(k.order[k.oldest])
	k.order[k.oldest] = r.Scope
	k.oldest = (k.oldest + 1) % k.limit
}

func (k *Keys) drop(scope uuid.UUID) {
	k.floor = max(k.floor, k.recent[scope].Position)
	delete(k.recent, scope)
}
