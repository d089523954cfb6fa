package projections

import (
	"sort"
	"time"

	"parley/domain/eventlog"
)

// heardEvents is how many of the last events are remembered.
const heardEvents = 8192

// mark is where an event is, and when the store took it.
type mark struct {
	position eventlog.Position
	at       time.Time
}

// heard remembers where the last events of the product are, as a follower of the
// log tells: whoever asks how far behind somebody is needs no read of the log. It
// knows all events behind a position, which is Start before anything was heard and
// then rises. The board's lock guards it.
type heard struct {
	marks []mark // a ring once it is full
	first int    // of the ring: the oldest
	began bool
	since eventlog.Position // all behind it are known
	upTo  eventlog.Position // as far as the follower has come
}

// hear takes a batch. One that goes back is of another log.
func (h *heard) hear(b eventlog.Batch) {
	if b.Position < h.upTo {
		*h = heard{}
	}
	if !h.began {
		h.began, h.since = true, b.Position
		if len(b.Events) > 0 {
			h.since = b.Events[0].Position
		}
	}
	for i := range b.Events {
		h.add(mark{b.Events[i].Position, b.Events[i].RecordedAt})
	}
	h.upTo = b.Position
}

func (h *heard) add(m mark) {
	if len(h.marks) < heardEvents {
		h.marks = append(h.marks, m)
		return
	}
	h.since = max(h.since, h.marks[h.first].position)
	h.marks[h.first] = m
	h.first = (h.first + 1) % heardEvents
}

// next returns the first event behind a position, if there is one, and whether
// that is known.
func (h *heard) next(after eventlog.Position) (m mark, found, known bool) {
	if !h.began || after < h.since {
		return m, false, false
	}
	i := sort.Search(len(h.marks), func(i int) bool { return h.mark(i).position > after })
	if i == len(h.marks) {
		return m, false, true
	}
	return h.mark(i), true, true
}

// passed reports whether who has come to one position has also passed another, as
// far as that was heard.
func (h *heard) passed(at, position eventlog.Position) bool {
	next, found, known := h.next(at)
	return known && h.upTo >= position && (!found || next.position > position)
}

// free notes that no event is behind one position up to another.
func (h *heard) free(after, upTo eventlog.Position) {
	if h.began && upTo >= h.since {
		h.since = min(h.since, after)
	}
}

// leads notes that the first event behind a position is at another.
func (h *heard) leads(after, next eventlog.Position) {
	if h.began && (next > h.since || len(h.marks) > 0 && next >= h.mark(0).position) {
		h.since = min(h.since, after)
	}
}

// end returns the last event, or, before one was heard, how far the follower has
// come.
func (h *heard) end() eventlog.Position {
	if n := len(h.marks); n > 0 {
		return h.mark(n - 1).position
	}
	return h.upTo
}

// mark returns the i-th oldest.
func (h *heard) mark(i int) mark { return h.marks[(h.first+i)%len(h.marks)] }
