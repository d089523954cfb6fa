package persistent

import (
	"errors"
	"slices"
	"time"

	"github.com/google/uuid"
)

// How much a group holds in memory, and how long it leaves a store alone that has
// refused a write.
const (
	bufferBytes = 8 << 20
	retryWrite  = time.Second
)

// lookEvery is how long a group does not look again for events whose time is over,
// as long as the real server's clock ticks: an answer that comes a little late is
// in time still.
const lookEvery = time.Second

// ErrFull refuses a consumer of a group that has all it may have.
var ErrFull = errors.New("the group has as many subscribers as it may have")

// machine is a group as a pure state machine: what happens comes in through its
// methods, what is to be done comes out of settle. It knows neither goroutines
// nor clocks nor the store.
type machine struct {
	settings Settings
	strategy strategy
	members  []*member // longest connected first

	fresh   queue // not given to anybody yet, in the order of the source
	retries queue // came back; go before fresh ones
	flying  map[uuid.UUID]*item
	due     []deadline // in the order of time
	look    time.Time  // no event is taken back before it
	parking []*item    // to be written to the parked stream

	source  window
	replays window
	parked  parkedStream

	asked    bool // a page of the source is on its way
	askedFor bool // a page of parked links is on its way
	live     bool // the last page was the end
	stopped  bool // nothing is given away

	written   int64     // last checkpoint, or where the group began
	stood     bool      // there is a checkpoint
	since     int       // events passed since
	nextWrite time.Time // no earlier, unless forced
	trimmed   int64     // parked stream is cut below this
	pause     time.Time // no write before it: the store refused one

	stats counter
	out   []command
}

// deadline is when an event that was given away goes back.
type deadline struct {
	item   *item
	flight uint64
	at     time.Time
}

// parkedStream is the group's stream of links to parked events, by revision.
type parkedStream struct {
	end    int64 // of the next link
	next   int64 // of the next link to replay; those before it have been
	stopAt int64 // replaying ends before it
}

// start is where a group goes on.
type start struct {
	after  int64 // everything up to here is handled
	stood  bool  // that is what a checkpoint says
	parked int64 // first parked link
	end    int64 // behind the last parked link
}

func newMachine(settings Settings, from start, now time.Time) (*machine, error) {
	s, err := strategyOf(settings.Strategy)
	if err != nil {
		return nil, err
	}
	return &machine{
		settings: settings, strategy: s, flying: map[uuid.UUID]*item{},
		source:  window{low: from.after, reached: from.after},
		replays: window{low: from.parked - 1, reached: from.parked - 1},
		parked:  parkedStream{end: from.end, next: from.parked, stopAt: from.parked},
		written: from.after, stood: from.stood, trimmed: from.parked, nextWrite: now.Add(settings.CheckpointAfter),
		look: now.Add(lookEvery),
	}, nil
}

// join adds a consumer.
func (m *machine) join(c *member) error {
	if most := int(m.settings.MaxSubscribers); most != 0 && len(m.members) >= most {
		return ErrFull
	}
	m.members = append(m.members, c)
	return nil
}

// leave removes a consumer; what it had goes back. Leaving twice does nothing.
func (m *machine) leave(c *member) {
	for i, other := range m.members {
		if other != c {
			continue
		}
		m.members = append(m.members[:i:i], m.members[i+1:]...)
		for _, it := range c.inFlight() {
			m.land(it)
			m.again(it)
		}
		return
	}
}

// ack takes events as handled. Ids that are not with the consumer, also those
// that it had for too long, are passed over.
func (m *machine) ack(c *member, now time.Time, ids ...uuid.UUID) {
	for _, id := range ids {
		if it := c.flying[id]; it != nil {
			m.land(it)
			it.stage = handled
			c.stats.add()
			m.stats.add()
			c.latency.add(now.Sub(it.given))
		}
	}
}

// Action is what a consumer wants done with an event that it could not handle.
type Action uint8

// The actions. Unknown lets the group decide, which retries. Stop takes the event
// back and stops the group: nobody is given anything any more, also who comes
// later, until the group is changed or started anew.
const (
	Unknown Action = iota
	Park
	Retry
	Skip
	Stop
)

// nack does with events what the consumer says.
func (m *machine) nack(c *member, action Action, reason string, ids ...uuid.UUID) {
	for _, id := range ids {
		it := c.flying[id]
		switch {
		case it == nil:
		case action == Stop:
			m.land(it)
			m.wait(it)
			m.stopped = true
		case action == Park:
			m.land(it)
			m.park(it, "Client explicitly NAK'ed message.\n"+reason)
		case action == Skip:
			m.land(it)
			it.stage = handled
		default:
			m.land(it)
			m.again(it)
		}
	}
}

// land ends the flight of an event.
func (m *machine) land(it *item) {
	it.owner.take(it.id())
	delete(m.flying, it.id())
}

// again puts an event back in the queue, or parks it after too many tries.
func (m *machine) again(it *item) {
	if it.Retries >= m.settings.MaxRetries {
		m.park(it, "Reached retry count")
		return
	}
	it.Retries++
	m.wait(it)
}

// wait puts an event among those that came back.
func (m *machine) wait(it *item) {
	it.stage = waiting
	m.retries.insert(it)
}

func (m *machine) park(it *item, reason string) {
	it.stage, it.reason, it.link = parking, reason, uuid.New()
	m.parking = append(m.parking, it)
}

// expire takes events back whose time is over.
func (m *machine) expire(now time.Time) {
	if now.Before(m.look) {
		return
	}
	m.look = now.Add(lookEvery)
	for len(m.due) > 0 {
		d := m.due[0]
		flies := d.item.stage == flying && d.item.flight == d.flight
		if flies && now.Before(d.at) {
			return
		}
		m.due[0] = deadline{}
		m.due = m.due[1:]
		if flies {
			m.out = append(m.out, withdraw{d.item.owner, d.item})
			m.land(d.item)
			m.again(d.item)
		}
	}
}

// forget drops deadlines of events that have long been handled, which the
// deadline of one that has not would keep in memory.
func (m *machine) forget() {
	if len(m.due) < 2*len(m.flying)+256 {
		return
	}
	m.due = slices.DeleteFunc(m.due, func(d deadline) bool {
		return d.item.stage != flying || d.item.flight != d.flight
	})
}
