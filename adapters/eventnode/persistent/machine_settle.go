package persistent

import "time"

// command is one thing that a group is to do, in the order in which they come.
type command interface{ command() }

type (
	// deliver gives an event to a consumer. Event is as it was at that time.
	deliver struct {
		to    *member
		item  *item
		event Event
	}
	// withdraw takes an event back that the consumer may not have been sent.
	withdraw struct {
		from *member
		item *item
	}
	// readSource asks for at most so many events of the source.
	readSource struct{ count int }
	// readParked asks for links of the parked stream from a revision on.
	readParked struct {
		from  int64
		count int
	}
	// storeLinks writes links to parked events; stored must be told.
	storeLinks struct{ items []*item }
	// storeCheckpoint writes up to where everything is handled.
	storeCheckpoint struct{ at int64 }
	// trimParked forgets the parked links below a revision.
	trimParked struct{ below int64 }
)

func (deliver) command()         {}
func (withdraw) command()        {}
func (readSource) command()      {}
func (readParked) command()      {}
func (storeLinks) command()      {}
func (storeCheckpoint) command() {}
func (trimParked) command()      {}

// settle draws the consequences of all that was told and returns what to do.
func (m *machine) settle(now time.Time) []command {
	m.expire(now)
	m.forget()
	m.since += m.source.settle()
	m.replays.settle()
	m.pump(now)
	m.ask()
	m.askParked()
	if !now.Before(m.pause) {
		m.store(now, false)
	}
	out := m.out
	m.out = nil
	return out
}

// last returns the writes that are left when the group ends.
func (m *machine) last(now time.Time) []command {
	m.source.settle()
	m.replays.settle()
	m.out = nil
	m.store(now, true)
	return m.out
}

// pump gives events to consumers while there are both.
func (m *machine) pump(now time.Time) {
	if !m.stopped && m.drain(&m.retries, now) {
		m.drain(&m.fresh, now)
	}
}

// drain gives away what it can and reports whether a later queue may be next.
func (m *machine) drain(q *queue, now time.Time) bool {
	for i := 0; i < len(q.items); {
		it := q.items[i]
		// Two events may share an id; acknowledgements could not tell them apart.
		if m.flying[it.id()] != nil || !m.hasRoom() {
			return false
		}
		c := m.strategy.pick(m.members, it)
		switch {
		case c != nil:
			m.give(q.remove(i), c, now)
		case m.strategy.passes():
			i++
		default:
			return false
		}
	}
	return true
}

func (m *machine) hasRoom() bool {
	for _, c := range m.members {
		if c.room() > 0 {
			return true
		}
	}
	return false
}

func (m *machine) give(it *item, c *member, now time.Time) {
	it.stage, it.given = flying, now
	it.flight++
	c.give(it)
	m.flying[it.id()] = it
	if m.settings.MessageTimeout != 0 {
		m.due = append(m.due, deadline{it, it.flight, now.Add(m.settings.MessageTimeout)})
	}
	m.out = append(m.out, deliver{c, it, it.Event})
}

// store asks for the writes that are due; all of them when the group ends.
func (m *machine) store(now time.Time, all bool) {
	if len(m.parking) > 0 {
		m.out = append(m.out, storeLinks{m.parking})
		m.parking = nil
	}
	if m.source.low > m.written && (all || m.checkpointDue(now)) {
		m.out = append(m.out, storeCheckpoint{m.source.low})
		m.written, m.since, m.nextWrite = m.source.low, 0, now.Add(m.settings.CheckpointAfter)
	}
	if below := m.replays.low + 1; below > m.trimmed {
		m.out = append(m.out, trimParked{below})
		m.trimmed = below
	}
}

// checkpointDue: as many events as force one, or as many as allow one and the
// time has come.
func (m *machine) checkpointDue(now time.Time) bool {
	forced := m.settings.MaxCheckpoint > 0 && m.since >= int(m.settings.MaxCheckpoint)
	return forced || m.since >= int(max(1, m.settings.MinCheckpoint)) && !now.Before(m.nextWrite)
}

// refused is told that the store did not take a write. It is asked again later.
func (m *machine) refused(c command, now time.Time) {
	m.pause = now.Add(retryWrite)
	switch c := c.(type) {
	case storeLinks:
		m.parking = append(c.items, m.parking...)
	case storeCheckpoint:
		m.written = min(m.written, c.at-1)
		m.since = max(m.since, int(max(1, m.settings.MinCheckpoint)))
	case trimParked:
		m.trimmed = min(m.trimmed, c.below-1)
	}
}

// wake returns when settle has something to do though nothing happens, if ever.
func (m *machine) wake() (at time.Time, ok bool) {
	earliest := func(t time.Time) {
		if !ok || t.Before(at) {
			at, ok = t, true
		}
	}
	if len(m.due) > 0 {
		earliest(later(m.due[0].at, m.look))
	}
	if m.source.low > m.written && m.since >= int(max(1, m.settings.MinCheckpoint)) {
		earliest(later(m.nextWrite, m.pause))
	}
	if len(m.parking) > 0 || m.replays.low+1 > m.trimmed {
		earliest(m.pause)
	}
	return at, ok
}

func later(a, b time.Time) time.Time {
	if a.Before(b) {
		return b
	}
	return a
}
