package commands

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/google/uuid"

	"parley/domain"
	"parley/domain/eventlog"
)

// metadataPrefix is what the name of a stream's metadata begins with; the stream's
// own name follows.
const metadataPrefix = "$$"

// What is found of a stream that is no longer whole.
const (
	beginningGone = "the beginning of its stream is gone"
	streamEmpty   = "its stream is empty"
)

// bury makes the entry that of a stream that is deleted for ever: as if there had
// never been one, for those who cannot tell it from that.
func (r *Repository[S, E]) bury(e *entry[S]) {
	e.reset()
	e.doubt.Store(noDoubt)
	e.seen.Store(int64(eventlog.NoStream))
	e.contested, e.unheard, e.loaded = false, false, true
	if r.agg.Removed != nil {
		r.agg.Apply(&e.state, r.agg.Removed("", r.Now()))
	}
	r.measure(e)
}

// look ends a doubt of whether the stream still begins where it did: if it does
// not, everything is read anew.
func (r *Repository[S, E]) look(ctx context.Context, e *entry[S]) error {
	if e.doubt.Load() == noDoubt || !e.loaded {
		return nil
	}
	e.doubt.CompareAndSwap(brief, noDoubt) // before the look, for what is raised meanwhile
	for recorded, err := range r.Log.ReadStream(ctx, e.stream, 0, 1) {
		if err != nil {
			e.raise(brief)
			return r.fault("read stream", err)
		}
		if recorded.Revision == e.begins || recorded.Revision == e.first {
			return nil
		}
	}
	e.reset()
	return nil
}

// vanish ends a stream that reads as empty if it was one before, and reports whether
// it did. Only what is said of the stream tells: the store keeps it.
func (r *Repository[S, E]) vanish(ctx context.Context, e *entry[S]) (bool, error) {
	if r.agg.Removed == nil || !e.empty() {
		return false, nil
	}
	was, err := r.isDescribed(ctx, e.stream)
	if err != nil || !was {
		return false, err
	}
	return true, r.end(ctx, e, streamEmpty)
}

// isDescribed reports whether anything is said of a stream. Nothing is where that may
// not be read.
func (r *Repository[S, E]) isDescribed(ctx context.Context, stream string) (bool, error) {
	for _, err := range r.Log.ReadStream(ctx, metadataPrefix+stream, 0, 1) {
		if refused, is := errors.AsType[*eventlog.RefusedError](err); is && refused.Refusal == eventlog.RefusedRights {
			return false, nil
		}
		if err != nil {
			return false, r.fault("read metadata of stream", err)
		}
		return true, nil
	}
	return false, nil
}

// end appends the final event to a stream that is no longer whole, so that all read
// models forget what it was about, and takes what is before out of it. Whoever
// comes first of those who notice does so.
func (r *Repository[S, E]) end(ctx context.Context, e *entry[S], found string) error {
	organization, err := r.organizationOf(ctx, e.stream)
	if err != nil {
		return err
	}
	c := r.begin(systemRequest(organization), nil)
	limit, cancel := context.WithTimeout(context.WithoutCancel(ctx), appendTimeout)
	defer cancel()
	for try, began := 0, time.Now(); time.Since(began) < raceTimeout; try++ {
		_, err := r.append(ctx, e, c, []E{r.agg.Removed(found, c.now)})
		if isConflict(err) {
			err = r.catchUp(ctx, e)
		}
		if err == nil && e.empty() {
			err = r.findTail(limit, e)
		}
		switch {
		case e.gone.Load():
			return nil
		case err != nil:
			return err
		case e.first > 0:
			// What fails here is made up for by the Purger.
			_ = r.truncate(limit, e)
			return nil
		case !e.cut():
			return nil
		}
		if err := pause(ctx, try); err != nil {
			return fault("wait to end the stream", err)
		}
	}
	return unavailable(errContended)
}

// findTail puts an entry without events to the last revision of a stream that has
// some, though none can be read: where its metadata hides all of them, the last one
// too, only the log as a whole still tells. It is searched through, which nobody has
// to do every day.
func (r *Repository[S, E]) findTail(ctx context.Context, e *entry[S]) error {
	var last eventlog.Recorded
	for recorded, err := range r.Log.ReadAll(ctx, eventlog.Start, e.stream, 0) {
		if err != nil {
			return fault("search the log", err)
		}
		last = recorded
	}
	if last.Stream != e.stream {
		return nil
	}
	if _, final, err := r.understand(last); err != nil || final {
		return firstError(err, r.fold(e, last))
	}
	e.begins = last.Revision + 1
	e.revision.Store(int64(last.Revision))
	return nil
}

// organizationOf returns the organization of what is left of a stream, if anything.
func (r *Repository[S, E]) organizationOf(ctx context.Context, stream string) (string, error) {
	for recorded, err := range r.Log.ReadStream(ctx, stream, 0, 0) {
		if err != nil {
			return "", r.fault("read stream", err)
		}
		var m domain.Meta
		if !recorded.IsOfStore() && json.Unmarshal(recorded.Metadata, &m) == nil {
			return m.Organization, nil
		}
	}
	return "", nil
}

// Inspect reads whether the stream is still whole and, for aggregates that have an
// event for that, ends it if it is not. Error: [domain.CodeUnavailable].
func (r *Repository[S, E]) Inspect(ctx context.Context, id uuid.UUID) error {
	e, err := r.turn(ctx, id)
	if err != nil {
		return err
	}
	defer r.done(e)
	if e.first > 0 {
		return nil
	}
	e.raise(brief)
	if _, err := r.load(ctx, e, true); err != nil {
		return err
	}
	_, err = r.vanish(ctx, e)
	return err
}
