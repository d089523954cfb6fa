package markup

import "sync"

// Cache remembers what a function made of texts, so that a message that was
// rendered is not rendered again at each read. It is made of two halves: what was
// asked for since the last turn, and what was before. When the first is full it
// becomes the second, and what the second still has is forgotten. So it holds at
// most so many bytes, texts and results together, and whatever is asked for often.
// It may be used by many at once; two that ask for the same new text at the same
// moment may both render it.
type Cache struct {
	render func(body string) string
	half   int // bytes

	mu          sync.RWMutex
	now, before map[string]string
	size        int // of now, in bytes
}

// entryCost is what an entry costs beside its text and its result, in bytes, about.
const entryCost = 128

// NewCache returns an empty cache of a pure function, of at most so many bytes.
// What is larger than a half of it is not held.
func NewCache(bytes int, render func(body string) string) *Cache {
	return &Cache{render: render, half: bytes / 2, now: map[string]string{}}
}

// Of returns what the function makes of a text.
func (c *Cache) Of(body string) string {
	c.mu.RLock()
	result, isNow := c.now[body]
	old, isBefore := c.before[body]
	c.mu.RUnlock()
	switch {
	case isNow:
		return result
	case isBefore:
		result = old
	default:
		result = c.render(body)
	}
	c.hold(body, result)
	return result
}

func (c *Cache) hold(body, result string) {
	cost := len(body) + len(result) + entryCost
	if cost > c.half {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, held := c.now[body]; held {
		return
	}
	if c.size+cost > c.half {
		c.now, c.before, c.size = map[string]string{}, c.now, 0
	}
	c.now[body] = result
	c.size += cost
}
