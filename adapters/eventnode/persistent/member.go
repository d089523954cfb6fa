package persistent

import (
	"cmp"
	"slices"

	"github.com/google/uuid"
)

// Identity is what is told about a consumer in [Info].
type Identity struct {
	Address    string // where it connects from
	User       string // "anonymous" if it showed no credentials
	Connection string // the name that it gave its connection
}

// flightBytes is what a consumer may have in flight, however many events it asks
// for: it may neither read nor answer for as long as it likes.
const flightBytes = 8 << 20

// member is a consumer as its group sees it.
type member struct {
	Identity
	buffer  int // most events that it may have in flight
	held    int // bytes that it has in flight
	salt    uint64
	flying  map[uuid.UUID]*item
	stats   counter
	latency latencies
	outbox  *outbox
}

func newMember(who Identity, buffer int) *member {
	id := uuid.New()
	return &member{Identity: who, buffer: buffer, salt: hash(id[:], nil), flying: map[uuid.UUID]*item{}}
}

// room is how many more events it may be given; the last of them may go beyond
// flightBytes.
func (c *member) room() int {
	if c.held >= flightBytes {
		return 0
	}
	return c.buffer - len(c.flying)
}

// give begins the flight of an event.
func (c *member) give(it *item) {
	it.owner = c
	c.flying[it.id()] = it
	c.held += it.size()
}

// take ends the flight of an event, or returns nil if it is not with the member.
func (c *member) take(id uuid.UUID) *item {
	it := c.flying[id]
	if it == nil {
		return nil
	}
	delete(c.flying, id)
	c.held -= it.size()
	it.owner = nil
	return it
}

// inFlight returns what the member has, in order.
func (c *member) inFlight() []*item {
	all := make([]*item, 0, len(c.flying))
	for _, it := range c.flying {
		all = append(all, it)
	}
	slices.SortFunc(all, func(a, b *item) int {
		return cmp.Compare(a.at, b.at)
	})
	return all
}
