package eventnode

// Limits of a cache: of streams in each of its halves, and of the bytes of a name
// that is worth its place.
const (
	maxCached     = 1 << 16
	maxCachedName = 1 << 10
)

// head is the committed end of a stream. A stream that does not exist has id 0
// and revision -1; hidden says that it has been deleted.
type head struct {
	id, revision int64
	hidden       bool
}

// cache remembers something of the streams used last. When its young half is
// full, the old half is forgotten. It belongs to one goroutine at a time.
type cache[V any] struct{ young, old map[string]V }

func newCache[V any]() *cache[V] {
	return &cache[V]{young: map[string]V{}, old: map[string]V{}}
}

func (c *cache[V]) get(stream string) (V, bool) {
	if v, ok := c.young[stream]; ok {
		return v, true
	}
	v, ok := c.old[stream]
	if ok {
		c.put(stream, v)
	}
	return v, ok
}

func (c *cache[V]) put(stream string, v V) {
	if len(stream) > maxCachedName {
		return
	}
	if len(c.young) >= maxCached {
		c.old, c.young = c.young, make(map[string]V, maxCached)
	}
	c.young[stream] = v
}

func (c *cache[V]) drop(stream string) {
	delete(c.young, stream)
	delete(c.old, stream)
}
