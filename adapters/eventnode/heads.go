package eventnode

// maxHeads bounds each half of the head cache.
const maxHeads = 1 << 16

// head is the committed end of a stream. A stream that does not exist has id 0
// and revision -1.
type head struct{ id, revision int64 }

// headCache remembers the heads of the streams written last. When its young
// half is full, the old half is forgotten. It belongs to the writer.
type headCache struct{ young, old map[string]head }

func newHeadCache() *headCache {
	return &headCache{young: map[string]head{}, old: map[string]head{}}
}

func (c *headCache) get(stream string) (head, bool) {
	if h, ok := c.young[stream]; ok {
		return h, true
	}
	h, ok := c.old[stream]
	if ok {
		c.put(stream, h)
	}
	return h, ok
}

func (c *headCache) put(stream string, h head) {
	if len(c.young) >= maxHeads {
		c.old, c.young = c.young, make(map[string]head, maxHeads)
	}
	c.young[stream] = h
}
