package eventnode

import (
	"fmt"
	"time"

	"parley/domain/eventlog"
)

// batch is one group commit in the making: requests are admitted one after the
// other, each seeing those before it, and nothing leaves the batch unless all
// of it is committed.
type batch struct {
	writer   *writer
	now      time.Time
	head     eventlog.Position
	nextID   int64 // of the next stream that does not exist yet
	overlay  map[string]*pending
	records  []Record
	streamOf []int64  // parallel to records
	created  []string // names of new streams, ids ascending up to nextID
}

// pending is the end of a stream as the batch will leave it.
type pending struct {
	head
	committed int64 // last revision in the file
	records   []int // indices of the batch's records in this stream
}

func (w *writer) newBatch() *batch {
	return &batch{writer: w, now: ticks(w.now()), head: w.head, nextID: w.nextID, overlay: map[string]*pending{}}
}

// admit decides a request against the committed heads and what the batch
// already holds. Errors are either *WrongRevisionError or of the file.
func (b *batch) admit(r *request) (eventlog.Appended, error) {
	p, err := b.stream(r.stream)
	if err != nil {
		return eventlog.Appended{}, err
	}
	place, repeated, err := b.repetition(p, r)
	if err != nil || repeated {
		return place, err
	}
	if !r.expected.holds(p.revision) {
		return place, &WrongRevisionError{Stream: r.stream, Expected: r.expected, Current: eventlog.Revision(p.revision)}
	}
	if len(r.events) == 0 {
		return eventlog.Appended{Revision: eventlog.Revision(p.revision)}, nil
	}
	return b.add(p, r), nil
}

// holds reports whether a stream whose last revision is given may be appended to.
func (e Expectation) holds(revision int64) bool {
	switch e {
	case Any:
		return true
	case StreamExists:
		return revision >= 0
	}
	return int64(e) == revision
}

// stream returns the end of a stream, from the overlay, the cache or the file.
func (b *batch) stream(name string) (*pending, error) {
	if p, ok := b.overlay[name]; ok {
		return p, nil
	}
	h, err := b.writer.headOf(name)
	if err != nil {
		return nil, fmt.Errorf("look up stream: %w", err)
	}
	p := &pending{head: h, committed: h.revision}
	b.overlay[name] = p
	return p, nil
}

// add gives the request's events their places.
func (b *batch) add(p *pending, r *request) eventlog.Appended {
	if p.id == 0 {
		p.id = b.nextID
		b.nextID++
		b.created = append(b.created, r.stream)
	}
	for i := range r.events {
		e := &r.events[i]
		p.revision++
		b.head = b.writer.store.numbering.next(b.head)
		p.records = append(p.records, len(b.records))
		b.streamOf = append(b.streamOf, p.id)
		b.records = append(b.records, Record{Binary: e.Binary, Recorded: eventlog.Recorded{
			ID: e.ID, Stream: r.stream, Revision: eventlog.Revision(p.revision), Position: b.head,
			Type: e.Type, Data: e.Data, Metadata: e.Metadata, RecordedAt: b.now,
		}})
	}
	return eventlog.Appended{Revision: eventlog.Revision(p.revision), Position: b.head}
}
