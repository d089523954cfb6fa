package eventnode

import (
	"fmt"

	"github.com/google/uuid"

	"parley/domain/eventlog"
)

// repetition reports whether the request has been carried out before, and where.
//
// At an exact revision the stream itself is the memory: the ids behind that
// revision are compared, however old they are. Without one, the recent ids are.
func (b *batch) repetition(p *pending, r *request) (eventlog.Appended, bool, error) {
	first := int64(r.expected) + 1
	switch {
	case len(r.events) == 0:
		return eventlog.Appended{}, false, nil
	case r.expected == Any || r.expected == StreamExists:
		var known bool
		if first, known = b.find(p, r.events[0].ID); !known {
			return eventlog.Appended{}, false, nil
		}
		// Known in part is refused like a revision that does not hold.
		place, same, err := b.compare(p, first, r.events)
		if err == nil && !same {
			err = &WrongRevisionError{Stream: r.stream, Expected: r.expected, Current: eventlog.Revision(p.revision)}
		}
		return place, same, err
	case first > p.revision:
		return eventlog.Appended{}, false, nil
	}
	return b.compare(p, first, r.events)
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

// compare reports whether the stream holds the events' ids from the revision on.
func (b *batch) compare(p *pending, first int64, events []Event) (eventlog.Appended, bool, error) {
	last := first + int64(len(events)) - 1
	if last > p.revision {
		return eventlog.Appended{}, false, nil
	}
	ids := make([]uuid.UUID, 0, len(events))
	var place eventlog.Appended
	if first <= p.committed {
		stored, position, err := b.writer.idsOf(p.id, first, min(last, p.committed))
		if err != nil {
			return place, false, fmt.Errorf("look up ids: %w", err)
		}
		ids, place = stored, eventlog.Appended{Revision: eventlog.Revision(last), Position: position}
	}
	for revision := max(first, p.committed+1); revision <= last; revision++ {
		record := &b.records[p.records[revision-p.committed-1]]
		ids = append(ids, record.ID)
		place = eventlog.Appended{Revision: record.Revision, Position: record.Position}
	}
	if len(ids) != len(events) {
		return place, false, nil
	}
	for i := range ids {
		if ids[i] != events[i].ID {
			return eventlog.Appended{}, false, nil
		}
	}
	return place, true, nil
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
