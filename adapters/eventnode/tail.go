package eventnode

import (
	"sort"
	"sync"

	"parley/domain/eventlog"
)

// Limits of what the tail keeps in memory.
const (
	tailEvents = 8192
	tailBytes  = 8 << 20
)

// tail is the end of the log in memory: what is durable and recent. The writer
// publishes into it after the sync; followers pull from it and wait on grew. A
// follower that has fallen behind its oldest event reads the file instead, so
// nothing is ever dropped and nobody is waited for.
type tail struct {
	mu     sync.RWMutex
	ring   []Record // oldest at start, count in use
	start  int
	count  int
	bytes  int
	floor  eventlog.Position // all events behind it are in the ring
	head   eventlog.Position // of the last durable event
	grew   chan struct{}     // closed and replaced when head moves
	closed bool
}

func newTail(head eventlog.Position) *tail {
	return &tail{ring: make([]Record, tailEvents), floor: head, head: head, grew: make(chan struct{})}
}

// publish makes durable records visible and wakes every follower.
func (t *tail) publish(records []Record) {
	if len(records) == 0 {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	for i := range records {
		t.push(&records[i])
	}
	t.head = records[len(records)-1].Position
	if !t.closed {
		close(t.grew)
		t.grew = make(chan struct{})
	}
}

func (t *tail) push(r *Record) {
	cost := r.size() + recordOverhead
	for t.count > 0 && (t.count == len(t.ring) || t.bytes+cost > tailBytes) {
		oldest := &t.ring[t.start]
		t.floor = oldest.Position
		t.bytes -= oldest.size() + recordOverhead
		*oldest = Record{}
		t.start = (t.start + 1) % len(t.ring)
		t.count--
	}
	t.ring[(t.start+t.count)%len(t.ring)] = *r
	t.count++
	t.bytes += cost
}

// blank removes records that are still in memory but for their place.
func (t *tail) blank(records []Record) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for i := range records {
		position := records[i].Position
		at := sort.Search(t.count, func(i int) bool { return t.at(i).Position >= position })
		if at == t.count || t.at(at).Position != position {
			continue
		}
		r := t.at(at)
		t.bytes -= r.size()
		*r = r.blank()
	}
}

// at returns the i-th oldest record.
func (t *tail) at(i int) *Record { return &t.ring[(t.start+i)%len(t.ring)] }

// view is what a follower sees of the tail at one moment.
type view struct {
	records []Record
	upTo    eventlog.Position // of the last of them
	head    eventlog.Position
	covered bool            // false: the file must be read first
	grew    <-chan struct{} // closed once there is more than this view
}

// after returns a page of the records behind the position.
func (t *tail) after(position eventlog.Position) view {
	t.mu.RLock()
	defer t.mu.RUnlock()
	v := view{upTo: position, head: t.head, covered: position >= t.floor, grew: t.grew}
	if !v.covered || position >= t.head {
		return v
	}
	from := sort.Search(t.count, func(i int) bool { return t.at(i).Position > position })
	size, to := 0, from
	for to < t.count && to-from < eventlog.MaxBatchEvents {
		size += t.at(to).size()
		if size > eventlog.MaxBatchBytes && to > from {
			break
		}
		to++
	}
	v.records = make([]Record, 0, to-from)
	for i := from; i < to; i++ {
		v.records = append(v.records, *t.at(i))
		v.upTo = t.at(i).Position
	}
	return v
}

// durable returns the position of the last durable event.
func (t *tail) durable() eventlog.Position {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return t.head
}

// close wakes every follower for the last time.
func (t *tail) close() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.closed {
		t.closed = true
		close(t.grew)
	}
}
