package transport

import (
	"context"
	"sync"

	"google.golang.org/grpc/peer"
)

// connections knows the room that the calls of each connection share.
type connections struct {
	mu    sync.Mutex
	known map[string]*connection
}

type connection struct {
	*room
	calls int
}

func newConnections() *connections { return &connections{known: map[string]*connection{}} }

// join returns the room of the connection of a call, which must leave it at its
// end. A connection is known by both its addresses.
func (c *connections) join(ctx context.Context) (shared *room, leave func()) {
	name := ""
	if p, ok := peer.FromContext(ctx); ok {
		name = p.Addr.String() + " " + p.LocalAddr.String()
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	joined := c.known[name]
	if joined == nil {
		joined = &connection{room: newRoom(connectionUnfinished, connectionUnderWay)}
		c.known[name] = joined
	}
	joined.calls++
	return joined.room, func() { c.part(name, joined) }
}

func (c *connections) part(name string, left *connection) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if left.calls--; left.calls == 0 {
		delete(c.known, name)
	}
}
