package transport

import (
	"context"

	"golang.org/x/sync/semaphore"
)

// What appends may hold at a time, in bytes: those of one call, and those of all
// calls of one connection. What is unfinished waits for its client and is refused
// beyond its room. What is under way waits for the node and for the client to
// take the answer; beyond that room no more is received.
const (
	callUnfinished       = 8 << 20
	connectionUnfinished = 32 << 20
	callUnderWay         = 16 << 20
	connectionUnderWay   = 64 << 20
)

// What an append, and an event of it, count for beside their bytes: about what
// they take in memory. So a call has at most 2,048 unfinished appends and 4,096
// under way.
const (
	appendCost = 4 << 10
	eventCost  = 256
)

// room is what the appends of a call, or of a connection, may hold.
type room struct {
	unfinished, underWay *semaphore.Weighted
}

func newRoom(unfinished, underWay int64) *room {
	return &room{semaphore.NewWeighted(unfinished), semaphore.NewWeighted(underWay)}
}

// rooms are a call's own and its connection's.
type rooms struct{ call, connection *room }

// hold makes an unfinished append hold what it has grown to. It returns false,
// and changes nothing, when that is too much.
func (r rooms) hold(a *batched) bool {
	more := a.cost() - a.held
	if !r.call.unfinished.TryAcquire(more) {
		return false
	}
	if !r.connection.unfinished.TryAcquire(more) {
		r.call.unfinished.Release(more)
		return false
	}
	a.held += more
	return true
}

// release gives back what an unfinished append held.
func (r rooms) release(a *batched) {
	r.call.unfinished.Release(a.held)
	r.connection.unfinished.Release(a.held)
	a.held = 0
}

// enter waits until an append may be under way; leave ends that.
func (r rooms) enter(ctx context.Context, a *batched) (leave func(), err error) {
	// One that is larger by itself has the call to itself.
	cost := min(a.cost(), callUnderWay)
	if err := r.call.underWay.Acquire(ctx, cost); err != nil {
		return nil, err
	}
	if err := r.connection.underWay.Acquire(ctx, cost); err != nil {
		r.call.underWay.Release(cost)
		return nil, err
	}
	return func() {
		r.call.underWay.Release(cost)
		r.connection.underWay.Release(cost)
	}, nil
}

// cost is about what an append takes in memory.
func (a *batched) cost() int64 {
	return appendCost + int64(a.size) + int64(len(a.events))*eventCost
}
