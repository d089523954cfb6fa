package persistent

import (
	"time"

	"github.com/google/uuid"

	"parley/adapters/eventnode"
)

// Event is an event as a consumer is given it. Original is the event of the
// group's source, a link included; a replayed event's Original is its link in
// the parked stream. Its id is what consumers acknowledge.
type Event struct {
	Original eventnode.Record
	// Resolved says that Original is a link that was followed. Target is then
	// what it points to, or nil if that is gone.
	Resolved bool
	Target   *eventnode.Record
	// Retries is how often the event has come back before.
	Retries int32
}

// record is the event that matters: the target, or what stands for it.
func (e *Event) record() *eventnode.Record {
	if e.Target != nil {
		return e.Target
	}
	return &e.Original
}

// eventCost is what an event counts for beside its bytes: about what it takes in
// memory. So no bound in bytes lets more than 4,096 events into a mebibyte.
const eventCost = 256

func (e *Event) size() int {
	n := eventCost + len(e.Original.Data) + len(e.Original.Metadata)
	if e.Target != nil {
		n += len(e.Target.Data) + len(e.Target.Metadata)
	}
	return n
}

// stage is where an event stands.
type stage uint8

const (
	waiting stage = iota // in a queue
	flying               // with a consumer
	parking              // on its way to the parked stream
	handled
)

// item is an event on its way through a group.
type item struct {
	Event
	at       int64 // revision, or position of $all; of a replayed one its parked revision
	replayed bool
	key      uint64 // hash of what pins it; 0: not computed
	stage    stage

	owner  *member
	given  time.Time // when its owner was given it
	flight uint64    // counts how often it was given away

	reason string    // why it is parked
	link   uuid.UUID // id of its link in the parked stream
}

func (it *item) id() uuid.UUID { return it.Original.ID }

// queue holds waiting items, the next first.
type queue struct {
	items []*item
	bytes int
}

func (q *queue) push(it *item) {
	q.items = append(q.items, it)
	q.bytes += it.size()
}

// insert puts an item among those that came back: in the order of the source,
// replayed ones behind all others.
func (q *queue) insert(it *item) {
	low, high := 0, len(q.items)
	for low < high {
		mid := (low + high) / 2
		if q.items[mid].before(it) {
			low = mid + 1
		} else {
			high = mid
		}
	}
	q.items = append(q.items, nil)
	copy(q.items[low+1:], q.items[low:])
	q.items[low] = it
	q.bytes += it.size()
}

func (it *item) before(other *item) bool {
	if it.replayed != other.replayed {
		return other.replayed
	}
	return it.at < other.at
}

func (q *queue) remove(i int) *item {
	it := q.items[i]
	q.bytes -= it.size()
	if i == 0 {
		q.items[0] = nil
		q.items = q.items[1:]
		return it
	}
	copy(q.items[i:], q.items[i+1:])
	q.items[len(q.items)-1] = nil
	q.items = q.items[:len(q.items)-1]
	return it
}

// window holds the items that are not yet handled, in order, and so knows up to
// where everything is.
type window struct {
	items   []*item
	low     int64 // everything up to here is handled
	reached int64 // everything up to here has been read
}

func (w *window) add(it *item) { w.items = append(w.items, it) }

// settle moves low and returns how many items it passed.
func (w *window) settle() (passed int) {
	for len(w.items) > 0 && w.items[0].stage == handled {
		w.low = w.items[0].at
		w.items[0] = nil
		w.items = w.items[1:]
		passed++
	}
	if len(w.items) == 0 {
		w.low = max(w.low, w.reached)
	}
	return passed
}
