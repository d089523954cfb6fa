package persistent

import "parley/domain/eventlog"

// page is what was read of the source, or of the parked stream.
type page struct {
	items   []*item // in order
	reached int64   // everything up to here has been read
	passed  int     // how many events the filter let pass
	live    bool    // there was nothing behind it
	bytes   int     // of the items
}

// add adds an item. A page is full when it has as many bytes as a page of the log,
// however many items were asked for.
func (p *page) add(it *item) {
	p.items = append(p.items, it)
	p.bytes += it.size()
}

func (p *page) full(count int) bool {
	return len(p.items) >= count || p.bytes >= eventlog.MaxBatchBytes
}

// fed takes a page of the source that was asked for.
func (m *machine) fed(p page) {
	m.asked, m.live = false, p.live
	for _, it := range p.items {
		m.source.add(it)
		m.fresh.push(it)
	}
	m.source.reached = max(m.source.reached, p.reached)
	m.since += p.passed
}

// unfed is told that no page comes.
func (m *machine) unfed() { m.asked = false }

// replay begins to give out parked events up to a revision of the parked stream
// (exclusive; negative: all there are).
func (m *machine) replay(stopAt int64) {
	if stopAt < 0 || stopAt > m.parked.end {
		stopAt = m.parked.end
	}
	m.parked.stopAt = max(m.parked.stopAt, stopAt)
}

// replayed takes a page of the parked stream that was asked for.
func (m *machine) replayed(p page) {
	m.askedFor = false
	for _, it := range p.items {
		it.replayed = true
		m.replays.add(it)
		m.retries.insert(it)
	}
	m.parked.next = max(m.parked.next, p.reached+1)
	m.replays.reached = max(m.replays.reached, p.reached)
}

// unreplayed is told that no page comes.
func (m *machine) unreplayed() { m.askedFor = false }

// stored is told that links to parked events are safe in the parked stream and
// which revision the last one has.
func (m *machine) stored(items []*item, last int64) {
	for _, it := range items {
		it.stage = handled
	}
	m.parked.end = last + 1
}

// parkedCount is how many parked events wait for a replay.
func (m *machine) parkedCount() int64 { return m.parked.end - m.parked.next }

// ask asks for more of the source when there is room for a page.
func (m *machine) ask() {
	if m.asked || len(m.members) == 0 || m.fresh.bytes >= bufferBytes {
		return
	}
	if room := m.settings.buffer() - len(m.fresh.items); room > 0 {
		m.asked = true
		m.out = append(m.out, readSource{min(room, m.settings.batch())})
	}
}

// askParked asks for more parked links while there is something to replay.
func (m *machine) askParked() {
	batch := m.settings.batch()
	if m.askedFor || len(m.members) == 0 || m.parked.next >= m.parked.stopAt || len(m.retries.items) >= batch || m.retries.bytes >= bufferBytes {
		return
	}
	m.askedFor = true
	count := min(int64(batch), m.parked.stopAt-m.parked.next)
	m.out = append(m.out, readParked{m.parked.next, int(count)})
}
