package eventstore

import "context"

// trunk is the one feed that the followers of a prefix share while they are near
// the head of the log. It lasts while it has members.
type trunk struct {
	ring    *ring
	stop    context.CancelFunc
	members int // guarded by the store's mu
}

// join makes a follower a member of its prefix's trunk, unless that is not to be:
// then the ring is nil. A follower that has caught up while there is no trunk
// starts one from where it is, so a trunk never has a past to catch up with. The
// trunk, or the follower, must have passed where the log ended when the follower
// began: else being live with the trunk would say less than it has to.
func (e *era) join(f *follower) (joined *ring, leave func()) {
	e.store.mu.Lock()
	defer e.store.mu.Unlock()
	t := e.trunks[f.prefix]
	if t == nil && f.live && e.ctx.Err() == nil {
		t = e.startTrunk(f.prefix, newRing(f.at, ringEvents, ringBytes))
	}
	if t == nil || !t.ring.near(f.at) || max(f.at, t.ring.reached()) < f.due {
		return nil, nil
	}
	t.members++
	// A follower that is closed leaves by itself, whether or not it is read.
	still := context.AfterFunc(f.ctx, func() { e.leave(f.prefix, t) })
	return t.ring, func() {
		if still() {
			e.leave(f.prefix, t)
		}
	}
}

// startTrunk starts a trunk that fills the ring. The caller holds the store's mu,
// knows that the era is not over, and adds the first member.
func (e *era) startTrunk(prefix string, into *ring) *trunk {
	ctx, stop := context.WithCancel(e.ctx)
	e.runFeed(ctx, prefix, into)
	t := &trunk{ring: into, stop: stop}
	e.trunks[prefix] = t
	return t
}

// leave counts a member out. The last one ends the trunk.
func (e *era) leave(prefix string, t *trunk) {
	e.store.mu.Lock()
	defer e.store.mu.Unlock()
	if t.members--; t.members == 0 {
		t.stop()
		delete(e.trunks, prefix)
	}
}
