package commands

import (
	"container/list"
	"sync"

	"github.com/google/uuid"
)

// cache holds entries up to a number of bytes and lets go of those that were
// used longest ago. An entry in use is never let go, so that two commands on
// one stream always meet in one entry.
type cache[S any] struct {
	make  func(uuid.UUID) *entry[S]
	limit int

	mu      sync.Mutex
	entries map[uuid.UUID]*entry[S]
	order   list.List // most recently used first
	bytes   int
}

func newCache[S any](limit int, entryOf func(uuid.UUID) *entry[S]) *cache[S] {
	return &cache[S]{make: entryOf, limit: limit, entries: map[uuid.UUID]*entry[S]{}}
}

// pin returns the entry of the id, an empty one if need be, and keeps it until
// unpin.
func (c *cache[S]) pin(id uuid.UUID) *entry[S] {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok := c.entries[id]
	if !ok {
		e = c.make(id)
		c.entries[id] = e
		e.place = c.order.PushFront(e)
	} else if e.users == 0 {
		c.order.MoveToFront(e.place)
	}
	e.users++
	return e
}

// unpin gives the entry back and makes room.
func (c *cache[S]) unpin(e *entry[S]) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e.users--
	size := int(e.size.Load())
	c.bytes += size - e.counted
	e.counted = size
	for place := c.order.Back(); place != nil && c.bytes > c.limit; {
		oldest := place.Value.(*entry[S])
		place = place.Prev()
		if oldest.users == 0 {
			c.remove(oldest)
		}
	}
}

func (c *cache[S]) remove(e *entry[S]) {
	c.order.Remove(e.place)
	delete(c.entries, e.id)
	c.bytes -= e.counted
}

// peek returns the entry of the id, or nil, and counts as no use.
func (c *cache[S]) peek(id uuid.UUID) *entry[S] {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.entries[id]
}

// clear lets go of all entries; none is in use.
func (c *cache[S]) clear() {
	c.mu.Lock()
	defer c.mu.Unlock()
	clear(c.entries)
	c.order.Init()
	c.bytes = 0
}
