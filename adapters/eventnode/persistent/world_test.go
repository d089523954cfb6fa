package persistent

import (
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"parley/adapters/eventnode"
	"parley/domain/eventlog"
)

// fataler is a test, or one run of a property.
type fataler interface {
	Fatalf(format string, args ...any)
}

// world is what a machine meets: a source, a store and consumers. It checks all
// that a group promises while the machine works.
type world struct {
	fataler
	machine  *machine
	settings Settings
	now      time.Time

	source  []eventnode.Record // place is the index
	next    int                // of the next event that is fed
	asked   int                // how many; 0: nothing is asked for
	handled map[int64]bool     // by place, by somebody or in the parked stream
	given   map[int64]bool     // at least once

	checkpoint int64
	links      []int64 // parked: places
	cut        int64   // links below are forgotten
	replayed   map[int64]bool
	refuses    string // the kind of writes that the store does not take

	consumers []*consumer
	stopped   bool // a consumer has stopped the group
	joined    uint64
	lastNew   map[string]int64 // place of the last first delivery, by what keeps its order
}

// consumer is a member and what it has in hand.
type consumer struct {
	*member
	hand []*item
}

func newWorld(t fataler, settings Settings) *world {
	w := &world{
		fataler: t, settings: settings, now: time.Unix(1e9, 0), handled: map[int64]bool{}, given: map[int64]bool{},
		checkpoint: -1, replayed: map[int64]bool{},
	}
	w.restart()
	return w
}

// restart throws the machine away, as a crash does, and goes on from the store.
func (w *world) restart() {
	from := start{after: w.checkpoint, parked: w.cut, end: int64(len(w.links))}
	m, err := newMachine(w.settings, from, w.now)
	if err != nil {
		w.Fatalf("%v", err)
	}
	w.machine, w.consumers, w.asked, w.stopped = m, nil, 0, false
	w.next, w.lastNew = int(w.checkpoint)+1, map[string]int64{}
}

func (w *world) produce(n int, id func(int) uuid.UUID) {
	for range n {
		r := eventnode.Record{Recorded: eventlog.Recorded{Stream: fmt.Sprintf("s-%d", len(w.source)%5), Revision: eventlog.Revision(len(w.source))}}
		r.ID = id(len(w.source))
		w.source = append(w.source, r)
	}
}

func (w *world) join(buffer int) *consumer {
	c := &consumer{member: newMember(Identity{}, buffer)}
	w.joined++
	c.salt = mix(w.joined)
	if w.machine.join(c.member) != nil {
		return nil
	}
	w.consumers = append(w.consumers, c)
	return c
}

func (w *world) leave(c *consumer) {
	w.machine.leave(c.member)
	w.consumers = slices.DeleteFunc(w.consumers, func(o *consumer) bool { return o == c })
}

// drop takes an event out of a consumer's hand.
func (c *consumer) drop(it *item) {
	c.hand = slices.DeleteFunc(c.hand, func(o *item) bool { return o == it })
}

func (w *world) ack(c *consumer, it *item) {
	w.machine.ack(c.member, w.now, it.id())
	c.drop(it)
	w.done(it)
}

func (w *world) nack(c *consumer, it *item, action Action) {
	w.machine.nack(c.member, action, "no", it.id())
	switch action {
	case Stop:
		w.stopped = true
	case Skip:
		w.done(it)
	}
	c.drop(it)
}

func (w *world) done(it *item) {
	if it.replayed {
		w.replayed[it.at] = true
		return
	}
	w.handled[it.at] = true
}

// settle does what the machine wants until it wants nothing more.
func (w *world) settle() {
	for rounds := 0; ; rounds++ {
		commands := w.machine.settle(w.now)
		if len(commands) == 0 {
			return
		}
		if rounds > 1000 {
			w.Fatalf("the machine never rests: %T", commands[0])
		}
		w.obey(commands)
	}
}

func (w *world) obey(commands []command) {
	for _, c := range commands {
		switch c := c.(type) {
		case deliver:
			w.deliver(c)
		case withdraw:
			w.consumer(c.from).drop(c.item)
		case readSource:
			if w.asked > 0 || c.count <= 0 || len(w.machine.fresh.items)+c.count > w.settings.buffer() {
				w.Fatalf("asked for %d more while %d are asked for and %d buffered", c.count, w.asked, len(w.machine.fresh.items))
			}
			w.asked = c.count
		case readParked:
			w.machine.replayed(w.parkedPage(c))
		default:
			w.write(c)
		}
	}
}

// write is what reaches the store, or does not.
func (w *world) write(c command) {
	if fmt.Sprintf("%T", c) == w.refuses {
		w.machine.refused(c, w.now)
		return
	}
	switch c := c.(type) {
	case storeLinks:
		for _, it := range c.items {
			w.links = append(w.links, w.target(it))
			w.done(it)
		}
		w.machine.stored(c.items, int64(len(w.links)-1))
	case storeCheckpoint:
		for at := range c.at + 1 {
			if !w.handled[at] {
				w.Fatalf("checkpoint %d passes event %d, which nobody has handled", c.at, at)
			}
		}
		if c.at <= w.checkpoint {
			w.Fatalf("checkpoint %d behind %d", c.at, w.checkpoint)
		}
		w.checkpoint = c.at
	case trimParked:
		for at := w.cut; at < c.below; at++ {
			if !w.replayed[at] {
				w.Fatalf("parked event %d is forgotten and nobody has handled it", at)
			}
		}
		w.cut = c.below
	}
}

// target is the place of the event that an item is about.
func (w *world) target(it *item) int64 {
	if it.replayed {
		return w.links[it.at]
	}
	return it.at
}

func (w *world) parkedPage(c readParked) page {
	p := page{reached: c.from + int64(c.count) - 1}
	for at := c.from; at <= p.reached; at++ {
		link := eventnode.Record{}
		link.ID, link.Type = uuid.New(), eventnode.LinkType
		p.items = append(p.items, &item{at: at, Event: Event{Original: link}})
	}
	return p
}

// feed answers what is asked for, if there is anything.
func (w *world) feed() {
	n := min(w.asked, len(w.source)-w.next)
	if n == 0 {
		return
	}
	p := page{reached: int64(w.next + n - 1), live: n < w.asked}
	for _, r := range w.source[w.next : w.next+n] {
		p.items = append(p.items, &item{at: int64(r.Revision), Event: Event{Original: r}})
	}
	w.next += n
	w.asked = 0
	w.machine.fed(p)
}

func (w *world) consumer(of *member) *consumer {
	for _, c := range w.consumers {
		if c.member == of {
			return c
		}
	}
	w.Fatalf("a consumer that has left is given an event")
	return nil
}

// deliver checks what a group promises about every delivery.
func (w *world) deliver(d deliver) {
	to := w.consumer(d.to)
	if w.stopped {
		w.Fatalf("event %d is given away by a group that was stopped", d.item.at)
	}
	for _, c := range w.consumers {
		for _, it := range c.hand {
			if it.id() == d.item.id() {
				w.Fatalf("event %d is given away while one of its id is in flight", d.item.at)
			}
		}
	}
	if to.hand = append(to.hand, d.item); len(to.hand) > to.buffer {
		w.Fatalf("%d events in flight, buffer size %d", len(to.hand), to.buffer)
	}
	if d.item.replayed {
		return
	}
	if w.handled[d.item.at] && d.item.at <= w.checkpoint {
		w.Fatalf("event %d comes again behind its checkpoint", d.item.at)
	}
	w.given[d.item.at] = true
	if d.event.Retries > 0 {
		return
	}
	if !w.machine.strategy.passes() && len(w.machine.retries.items) > 0 {
		w.Fatalf("event %d goes before %d, which came back", d.item.at, w.machine.retries.items[0].at)
	}
	order := "" // the source's, or where events are pinned each stream's
	if w.machine.strategy.passes() {
		order = d.item.Original.Stream
	}
	if last, ok := w.lastNew[order]; ok && d.item.at <= last {
		w.Fatalf("event %d comes for the first time behind %d", d.item.at, last)
	}
	w.lastNew[order] = d.item.at
}
