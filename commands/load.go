package commands

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"

	"parley/domain"
	"parley/domain/eventlog"
)

// A cold fold asks for a snapshot once it has read so many events: a short stream
// is read faster than a row is found. Where there was no answer it asks again
// each time that it has read so many times as many.
const (
	probe     = 128
	probeMore = 64
)

// load brings the entry to the stream's tail if it is known to be behind, or if
// it must, and reports whether it did: otherwise the entry is as it was, and
// another instance may know more.
func (r *Repository[S, E]) load(ctx context.Context, e *entry[S], toTail bool) (current bool, err error) {
	if !toTail && !e.stale() {
		return false, nil
	}
	before := e.at()
	if !e.loaded {
		if err := r.start(ctx, e); err != nil {
			return false, err
		}
	}
	if err := r.read(ctx, e, 0); err != nil {
		return false, err
	}
	if e.contested && e.at() == before {
		// Nothing newer explains the conflict: what was read must be wrong.
		e.reset()
		if err := r.read(ctx, e, 0); err != nil {
			return false, err
		}
	}
	e.loaded, e.contested = true, false
	r.settled(ctx, e)
	return true, nil
}

// start reads the first events of a stream, then jumps to a snapshot if there
// may be one. A busy database that does not answer in time must not make a very
// long stream be read to its end, nor one that is down every stream wait.
func (r *Repository[S, E]) start(ctx context.Context, e *entry[S]) error {
	for count := probe; ; count *= probeMore {
		from := e.at()
		if err := r.read(ctx, e, count); err != nil {
			return err
		}
		short := e.at() < from+eventlog.Revision(count)
		if short || r.restore(ctx, e) {
			return nil
		}
	}
}

// read folds what the stream holds behind the entry, at most limit events (0:
// all). What was folded before an error stays, since it is true.
func (r *Repository[S, E]) read(ctx context.Context, e *entry[S], limit int) error {
	defer r.measure(e)
	for recorded, err := range r.Log.ReadStream(ctx, e.stream, e.at()+1, limit) {
		if err != nil {
			return fault("read stream", err)
		}
		if err := r.fold(e, recorded); err != nil {
			return err
		}
	}
	return nil
}

func (r *Repository[S, E]) fold(e *entry[S], recorded eventlog.Recorded) error {
	event, err := r.decode(recorded)
	if err != nil {
		return err
	}
	final := r.isFinal(event)
	if recorded.Revision != e.at()+1 && (!final || recorded.Revision <= e.at()) {
		return fmt.Errorf("read revision %d of %s: %w", recorded.Revision, e.stream, errDisagreeing)
	}
	if final {
		e.end(recorded.Revision)
	}
	if rc, keyed := receiptOf(recorded); keyed {
		r.remember(e, rc)
	}
	r.agg.Apply(&e.state, event)
	e.position, e.event = recorded.Position, recorded.ID
	e.revision.Store(int64(recorded.Revision))
	return nil
}

// isFinal reports whether an event ends its stream and needs none before it.
func (r *Repository[S, E]) isFinal(event E) bool { return r.agg.Final != nil && r.agg.Final(event) }

// remember adds a receipt to the stream's own and to the instance's.
func (r *Repository[S, E]) remember(e *entry[S], rc receipt) {
	e.receipts.add(rc)
	r.Keys.add(e.stream, rc)
}

// keyField is in the metadata of every event of a keyed command, so that the
// others need not be parsed.
var keyField = []byte(`"key"`)

// receiptOf returns the receipt that an event's metadata amounts to, if its
// command had a key.
func receiptOf(recorded eventlog.Recorded) (receipt, bool) {
	if !bytes.Contains(recorded.Metadata, keyField) {
		return receipt{}, false
	}
	var m domain.Meta
	if json.Unmarshal(recorded.Metadata, &m) != nil || m.Key == "" {
		return receipt{}, false
	}
	return receipt{
		Scope: scopeOf(m.Organization, m.Actor, m.Key), Fingerprint: fingerprintOf(m.Fingerprint),
		First: recorded.Revision, Last: recorded.Revision, Position: recorded.Position,
	}, true
}

// settled is called when the entry has moved: it notes the entry's size and
// offers a snapshot when enough has happened since the last.
func (r *Repository[S, E]) settled(ctx context.Context, e *entry[S]) {
	r.measure(e)
	// A snapshot from before the final event still says what was then.
	outdated := e.first >= snapshotEvery-1 && e.saved < e.first
	if r.Snapshots != nil && (outdated || e.at()-e.saved >= snapshotEvery) {
		r.offer(ctx, e)
	}
}

// measure notes the entry's size for the cache.
func (r *Repository[S, E]) measure(e *entry[S]) {
	size := 512 + e.receipts.bytes()
	if r.agg.Size != nil {
		size += r.agg.Size(&e.state)
	}
	e.size.Store(int64(size))
}
