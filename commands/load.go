package commands

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
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
	starts := r.Follower.starts.Load()
	if !toTail && !e.stale(starts) {
		return false, nil
	}
	if err := r.catchUp(ctx, e); err != nil {
		return false, err
	}
	if r.agg.Removed != nil && e.cut() {
		if err := r.end(ctx, e, beginningGone); err != nil {
			return false, err
		}
	}
	e.starts = starts
	r.settled(ctx, e)
	return true, nil
}

// catchUp reads to the stream's tail.
func (r *Repository[S, E]) catchUp(ctx context.Context, e *entry[S]) error {
	err := r.follow(ctx, e)
	if errors.Is(err, eventlog.ErrStreamDeleted) {
		e.gone.Store(true)
	}
	if e.gone.Load() {
		r.bury(e)
		return nil
	}
	if err == nil {
		e.loaded, e.contested, e.unheard = true, false, false
	}
	return err
}

// follow reads what is behind the entry, or everything where what was read does not
// fit to that.
func (r *Repository[S, E]) follow(ctx context.Context, e *entry[S]) error {
	if e.gone.Load() {
		return nil
	}
	if err := r.look(ctx, e); err != nil {
		return err
	}
	before := e.at()
	if !e.loaded {
		if err := r.start(ctx, e); err != nil {
			return err
		}
	}
	_, err := r.read(ctx, e, 0)
	// Where nothing newer explains a conflict, what was read must be wrong.
	if errors.Is(err, errDisagreeing) || err == nil && e.contested && e.at() == before {
		e.reset()
		_, err = r.read(ctx, e, 0)
	}
	return err
}

// start reads the first events of a stream, then jumps to a snapshot if there
// may be one. A busy database that does not answer in time must not make a very
// long stream be read to its end, nor one that is down every stream wait.
func (r *Repository[S, E]) start(ctx context.Context, e *entry[S]) error {
	for count := probe; ; count *= probeMore {
		n, err := r.read(ctx, e, count)
		if err != nil {
			return err
		}
		if n < count || r.restore(ctx, e) {
			return nil
		}
	}
}

// read folds what the stream holds behind the entry, at most limit events (0:
// all), and returns how many. What was folded before an error stays, since it is
// true.
func (r *Repository[S, E]) read(ctx context.Context, e *entry[S], limit int) (n int, err error) {
	defer r.measure(e)
	for recorded, err := range r.Log.ReadStream(ctx, e.stream, e.at()+1, limit) {
		if err != nil {
			return n, r.fault("read stream", err)
		}
		if err := r.fold(e, recorded); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

// fold lets an event happen to the entry. A stream may begin anywhere; from there
// on only a final event may come without those before it.
func (r *Repository[S, E]) fold(e *entry[S], recorded eventlog.Recorded) error {
	event, final, err := r.understand(recorded)
	if err != nil {
		return err
	}
	begins := e.at() == eventlog.NoStream
	if recorded.Revision != e.at()+1 && !begins && (!final || recorded.Revision <= e.at()) {
		return fmt.Errorf("read revision %d of %s: %w", recorded.Revision, e.stream, errDisagreeing)
	}
	if begins {
		e.begins = recorded.Revision
	}
	if final {
		e.end(recorded.Revision)
	}
	if rc, keyed := receiptOf(recorded); keyed {
		r.remember(e, rc)
	}
	r.apply(e, event, recorded.IsOfStore())
	e.position, e.event = recorded.Position, recorded.ID
	e.revision.Store(int64(recorded.Revision))
	return nil
}

// understand decodes an event unless it is of the store itself, and reports whether
// it is final.
func (r *Repository[S, E]) understand(recorded eventlog.Recorded) (event E, final bool, err error) {
	if recorded.IsOfStore() {
		return event, false, nil
	}
	event, err = r.decode(recorded)
	return event, err == nil && r.isFinal(event), err
}

func (r *Repository[S, E]) apply(e *entry[S], event E, ofStore bool) {
	switch {
	case !ofStore:
		r.agg.Apply(&e.state, event)
	case r.agg.Pass != nil:
		r.agg.Pass(&e.state)
	}
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
