package live

import (
	"context"
	"time"

	"parley/domain"
	"parley/domain/eventlog"
)

// chapter is what a hub knows of one log. It is over with the log: another one in
// its place begins another chapter, and whatever still goes on in this one reaches
// nobody.
type chapter struct {
	queue  *queue
	ring   *ring
	missed missed
	places *eventlog.Places
	begun  chan struct{} // closed when streams can be taken
	over   chan struct{} // closed once another log is in the place of this one
}

func (h *Hub) newChapter() *chapter {
	ring := newRing(h.config.Ring)
	return &chapter{
		queue: newQueue(h.config.Ring, h.means), ring: ring, places: eventlog.NewPlaces(h.config.Log),
		missed: missed{log: h.config.Log, ring: ring, means: h.means, limit: h.config.Scan, turn: make(chan struct{}, 1)},
		begun:  make(chan struct{}), over: make(chan struct{}),
	}
}

// within returns a context that also ends when the chapter is over.
func (c *chapter) within(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(ctx)
	go func() {
		select {
		case <-c.over:
			cancel()
		case <-ctx.Done():
		}
	}()
	return ctx, cancel
}

// check returns nil for a position of the log, eventlog.ErrNoSuchPosition for any
// other number, or why that cannot be found out.
func (c *chapter) check(ctx context.Context, p eventlog.Position) error {
	if c.ring.holds(p) {
		return nil
	}
	return c.places.Check(ctx, p)
}

// awaitBegin returns the chapter of the log that is there now, once streams can be
// taken.
func (h *Hub) awaitBegin(ctx context.Context) (*chapter, error) {
	timer := time.NewTimer(startLimit)
	defer timer.Stop()
	for {
		c := h.present.Load()
		select {
		case <-c.begun:
			return c, nil
		case <-c.over:
			continue
		case <-h.stopped:
		case <-ctx.Done():
		case <-timer.C:
		}
		return nil, domain.Unavailable("The server is starting or stopping; try again.", time.Second, nil)
	}
}
