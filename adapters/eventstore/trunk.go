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
// starts one from where it is, so a trunk never has a past to catch up with.
func (s *Store) join(f *follower) (joined *ring, leave func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.trunks[f.prefix]
	if t == nil && f.live && s.ctx.Err() == nil {
		t = s.startTrunk(f.prefix, newRing(f.at, ringEvents, ringBytes))
	}
	if t == nil || !t.ring.near(f.at) {
		return nil, nil
	}
	t.members++
	// A follower that is closed leaves by itself, whether or not it is read.
	still := context.AfterFunc(f.ctx, func() { s.leave(f.prefix, t) })
	return t.ring, func() {
		if still() {
			s.leave(f.prefix, t)
		}
	}
}

// startTrunk starts a trunk that fills the ring. The caller holds mu, knows that
// the store is open, and adds the first member.
func (s *Store) startTrunk(prefix string, into *ring) *trunk {
	ctx, stop := context.WithCancel(s.ctx)
	s.runFeed(ctx, prefix, into)
	t := &trunk{ring: into, stop: stop}
	s.trunks[prefix] = t
	return t
}

// leave counts a member out. The last one ends the trunk.
func (s *Store) leave(prefix string, t *trunk) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if t.members--; t.members == 0 {
		t.stop()
		delete(s.trunks, prefix)
	}
}
