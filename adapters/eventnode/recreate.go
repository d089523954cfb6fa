package eventnode

import (
	"encoding/json"
	"strconv"

	"github.com/google/uuid"

	"parley/domain/eventlog"
)

// carryOut adds to the batch what an accepted request writes. Where the stream
// was deleted, or metadata is written to a deleted one, the metadata is written
// again in the same transaction, so that the stream is there from its next
// revision on.
func (b *batch) carryOut(p *pending, r *request) (eventlog.Appended, error) {
	switch {
	case r.kind == deletes:
		return b.hide(r)
	case r.kind == tombstones:
		p.revision, p.hidden = tombstone-1, false
		return b.add(p, r.stream, r.events), nil
	case p.hidden:
		return b.recreate(p, r)
	case isMeta(r.stream) && len(r.events) > 0:
		return b.describe(p, r)
	}
	return b.append(p, r)
}

func (b *batch) append(p *pending, r *request) (eventlog.Appended, error) {
	if len(r.events) == 0 {
		at, err := b.mark()
		return eventlog.Appended{Revision: eventlog.Revision(p.revision), Position: at}, err
	}
	return b.add(p, r.stream, r.events), nil
}

// nowhere is the stream of places that hold nothing: what would be said of a
// stream without a name, which nobody can append to or ask for.
const nowhere = metaPrefix

// mark takes a place in the log for an append of nothing, so that its position is
// one that may be read from: a record like those that a scavenge leaves, which all
// readers pass over.
func (b *batch) mark() (eventlog.Position, error) {
	p, err := b.stream(nowhere)
	if err != nil {
		return 0, err
	}
	return b.add(p, nowhere, []Event{{NewEvent: eventlog.NewEvent{ID: uuid.New()}}}).Position, nil
}

// hide carries out a deletion: it is an event in the stream's metadata.
func (b *batch) hide(r *request) (eventlog.Appended, error) {
	meta, err := b.stream(metaOf(r.stream))
	if err != nil {
		return eventlog.Appended{}, err
	}
	if meta.revision == tombstone {
		return eventlog.Appended{}, &StreamDeletedError{Stream: r.stream}
	}
	return b.write(meta, r.stream, r.events)
}

// recreate appends to a deleted stream: what is said of it stays, but for $tb.
func (b *batch) recreate(p *pending, r *request) (eventlog.Appended, error) {
	said, err := b.said(r.stream)
	if err != nil {
		return eventlog.Appended{}, err
	}
	from := p.revision + 1
	appended, err := b.append(p, r)
	if err != nil {
		return appended, err
	}
	return appended, b.reveal(r.stream, said, from)
}

// describe appends to the metadata of a stream. One that is deleted comes back,
// with nothing in it, unless what is now said of it is no JSON object.
func (b *batch) describe(meta *pending, r *request) (eventlog.Appended, error) {
	stream := describedBy(r.stream)
	p, err := b.stream(stream)
	if err != nil {
		return eventlog.Appended{}, err
	}
	hidden := p.hidden
	appended, err := b.write(meta, stream, r.events)
	if err == nil && hidden {
		err = b.reveal(stream, r.events[len(r.events)-1].Data, p.revision+1)
	}
	return appended, err
}

// said returns the metadata of a stream as the batch will leave it.
func (b *batch) said(stream string) ([]byte, error) {
	meta, err := b.stream(metaOf(stream))
	if err != nil {
		return nil, err
	}
	if n := len(meta.records); n > 0 {
		return b.records[meta.records[n-1]].Data, nil
	}
	committed, err := b.writer.metadataOf(stream)
	return committed.Raw, err
}

// reveal writes the metadata again with $tb at a revision.
func (b *batch) reveal(stream string, said []byte, from int64) error {
	fields := map[string]json.RawMessage{}
	if json.Unmarshal(said, &fields) != nil || fields == nil {
		return nil
	}
	fields["$tb"] = json.RawMessage(strconv.FormatInt(from, 10))
	data, err := json.Marshal(fields)
	if err != nil {
		return nil // it was JSON when it was read
	}
	meta, err := b.stream(metaOf(stream))
	if err != nil {
		return err
	}
	_, err = b.write(meta, stream, []Event{{NewEvent: eventlog.NewEvent{ID: uuid.New(), Type: metadataType, Data: data}}})
	return err
}

// write adds events to the metadata of a stream, which its head reflects.
func (b *batch) write(meta *pending, stream string, events []Event) (eventlog.Appended, error) {
	p, err := b.stream(stream)
	if err != nil {
		return eventlog.Appended{}, err
	}
	appended := b.add(meta, metaOf(stream), events)
	if !isMeta(stream) && p.revision != tombstone {
		said := parseMetadata(events[len(events)-1].Data, appended.Revision)
		p.hidden = said.Deleted()
	}
	return appended, nil
}
