package eventnode

import (
	"errors"
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
	watch    runWatch
	runs     []run // to be noted
}

// pending is the end of a stream as the batch will leave it.
type pending struct {
	head
	committed head  // as it is in the file
	records   []int // indices of the batch's records in this stream
}

func (w *writer) newBatch() *batch {
	return &batch{writer: w, now: ticks(w.now()), head: w.head, nextID: w.nextID, overlay: map[string]*pending{}, watch: w.watch}
}

// admit decides a request against the committed heads and what the batch
// already holds, and adds what it writes. Errors are either refusals, which
// leave the batch as it was, or of the file.
func (b *batch) admit(r *request) (eventlog.Appended, error) {
	p, err := b.stream(r.stream)
	if err != nil {
		return eventlog.Appended{}, err
	}
	dead, err := b.dead(r.stream)
	if err != nil {
		return eventlog.Appended{}, err
	}
	if dead {
		return eventlog.Appended{}, &StreamDeletedError{Stream: r.stream}
	}
	place, decision, err := b.decide(p, r)
	switch {
	case err != nil || decision == repeated:
		return place, err
	case decision == gone:
		return place, &StreamDeletedError{Stream: r.stream}
	case decision == wrong:
		return place, &WrongRevisionError{Stream: r.stream, Expected: r.expected, Current: eventlog.Revision(p.revision)}
	}
	return b.carryOut(p, r)
}

// refused reports whether an error of admit concerns its request alone.
func refused(err error) bool {
	switch {
	case errors.As(err, new(*WrongRevisionError)), errors.As(err, new(*StreamDeletedError)), errors.As(err, new(*eventlog.DamagedError)):
		return true
	}
	return false
}

// dead reports whether a stream is tombstoned, or would be the first metadata of
// one that is. As in the real server, metadata that is there can go on being set,
// though nobody can read it any more.
func (b *batch) dead(name string) (bool, error) {
	for {
		p, err := b.stream(name)
		if err != nil || p.revision == tombstone {
			return err == nil, err
		}
		if !isMeta(name) || p.revision >= 0 {
			return false, nil
		}
		name = describedBy(name)
	}
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
	p := &pending{head: h, committed: h}
	b.overlay[name] = p
	return p, nil
}

// add gives events their places behind the stream's end.
func (b *batch) add(p *pending, stream string, events []Event) eventlog.Appended {
	if p.id == 0 {
		p.id = b.nextID
		b.nextID++
		b.created = append(b.created, stream)
	}
	for i := range events {
		e := &events[i]
		p.revision++
		b.head = b.writer.store.numbering.next(b.head)
		p.records = append(p.records, len(b.records))
		b.streamOf = append(b.streamOf, p.id)
		b.records = append(b.records, Record{Binary: e.Binary, Recorded: eventlog.Recorded{
			ID: e.ID, Stream: stream, Revision: eventlog.Revision(p.revision), Position: b.head,
			Type: e.Type, Data: e.Data, Metadata: e.Metadata, RecordedAt: b.now,
		}})
	}
	return eventlog.Appended{Revision: eventlog.Revision(p.revision), Position: b.head}
}

// watchRuns finds the runs of others' events that the batch has ended or carried
// on, once it is complete. Events of the product alone have none to note.
func (b *batch) watchRuns() {
	for i := range b.records {
		if ended, ok := b.watch.pass(&b.records[i]); ok {
			b.runs = append(b.runs, ended)
		}
	}
	if grown, ok := b.watch.due(); ok {
		b.runs = append(b.runs, grown)
	}
}
