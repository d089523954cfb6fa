package eventnode

import (
	"fmt"

	"github.com/google/uuid"

	"parley/domain/eventlog"
)

// decision is what becomes of a request.
type decision int

const (
	fresh    decision = iota // it is carried out
	repeated                 // it has been carried out before
	wrong                    // the stream is not as expected
	gone                     // the stream is deleted
)

// decide compares a request with the stream as the batch will leave it. What was
// never there is not deleted, whatever is expected.
//
// At an exact revision the stream itself is the memory: the ids behind that
// revision are compared, however old they are. Without one, the recent ids are.
// A request that is known in part is wrong in either case.
func (b *batch) decide(p *pending, r *request) (eventlog.Appended, decision, error) {
	expected := int64(r.expected)
	switch {
	case r.kind == deletes && p.revision < 0:
		return eventlog.Appended{}, wrong, nil
	case r.expected == StreamExists && p.hidden:
		return eventlog.Appended{}, gone, nil
	case r.expected == StreamExists && p.revision < 0:
		described, err := b.stream(metaOf(r.stream))
		if err != nil || described.revision < 0 {
			return eventlog.Appended{}, wrong, err
		}
		return b.decideAnywhere(p, r)
	case r.expected == Any || r.expected == StreamExists:
		return b.decideAnywhere(p, r)
	case expected == p.revision:
		return eventlog.Appended{}, fresh, nil
	case expected > p.revision || len(r.events) == 0:
		return eventlog.Appended{}, wrong, nil
	}
	place, same, err := b.compare(p, expected+1, r.events)
	switch {
	case err != nil:
		return place, wrong, err
	case same == len(r.events):
		return place, repeated, nil
	case same == 0 && r.expected == NoStream && p.hidden:
		return eventlog.Appended{}, fresh, nil
	}
	return eventlog.Appended{}, wrong, nil
}

// decideAnywhere looks for the request's ids wherever they are in the stream.
func (b *batch) decideAnywhere(p *pending, r *request) (eventlog.Appended, decision, error) {
	last := int64(-1)
	for i := range r.events {
		at, known := b.find(p, r.events[i].ID)
		switch {
		case !known && i == 0:
			return eventlog.Appended{}, fresh, nil
		case !known:
			return eventlog.Appended{}, wrong, nil
		}
		last = at
	}
	if last < 0 {
		return eventlog.Appended{}, fresh, nil
	}
	_, place, err := b.stored(p, last, last)
	return place, repeated, err
}

// find returns the revision under which the stream holds the id.
func (b *batch) find(p *pending, id uuid.UUID) (int64, bool) {
	for _, i := range p.records {
		if b.records[i].ID == id {
			return int64(b.records[i].Revision), true
		}
	}
	return b.writer.recent.find(p.id, id)
}

// compare returns how many of the events, from the first on, the stream holds
// from a revision on, and where the last of them is.
func (b *batch) compare(p *pending, from int64, events []Event) (place eventlog.Appended, same int, err error) {
	last := min(from+int64(len(events))-1, p.revision)
	ids, place, err := b.stored(p, from, last)
	if err != nil {
		return place, 0, err
	}
	for same < len(ids) && ids[same] == events[same].ID {
		same++
	}
	return place, same, nil
}

// stored returns the ids that a stream holds between two revisions, both
// included, and the place of the last.
func (b *batch) stored(p *pending, from, to int64) (ids []uuid.UUID, place eventlog.Appended, err error) {
	if from <= p.committed.revision {
		last := min(to, p.committed.revision)
		stored, position, err := b.writer.idsOf(p.id, from, last)
		if err != nil {
			return nil, place, fmt.Errorf("look up ids: %w", err)
		}
		ids, place = stored, eventlog.Appended{Revision: eventlog.Revision(last), Position: position}
	}
	for revision := max(from, p.committed.revision+1); revision <= to; revision++ {
		record := &b.records[p.records[revision-p.committed.revision-1]]
		ids = append(ids, record.ID)
		place = eventlog.Appended{Revision: record.Revision, Position: record.Position}
	}
	return ids, place, nil
}

// recentIDs is how many ids are remembered for appends without a revision.
const recentIDs = 1 << 15

type idInStream struct {
	stream int64
	id     uuid.UUID
}

// recentSet remembers the revision of the events written last. It belongs to
// the writer.
type recentSet struct {
	revisions map[idInStream]int64
	order     []idInStream // a ring: the next one to forget is at next
	next      int
}

func newRecentSet() *recentSet { return &recentSet{revisions: map[idInStream]int64{}} }

func (s *recentSet) find(stream int64, id uuid.UUID) (int64, bool) {
	revision, ok := s.revisions[idInStream{stream, id}]
	return revision, ok
}

func (s *recentSet) add(stream int64, id uuid.UUID, revision int64) {
	key := idInStream{stream, id}
	if _, known := s.revisions[key]; !known {
		if len(s.order) < recentIDs {
			s.order = append(s.order, key)
		} else {
			delete(s.revisions, s.order[s.next])
			s.order[s.next] = key
			s.next = (s.next + 1) % recentIDs
		}
	}
	s.revisions[key] = revision
}
