package commands

import (
	"container/list"
	"sync/atomic"
	"time"

	"github.com/google/uuid"

	"parley/domain/eventlog"
)

// entry is what the cache holds of one stream. Fields of the first group belong
// to whoever is inside the gate, those of the second to the cache's lock; the
// atomics are how the follower looks in from outside.
type entry[S any] struct {
	id     uuid.UUID
	stream string
	gate   gate

	state     S
	position  eventlog.Position
	event     uuid.UUID // id of the last event folded; zero when not known
	receipts  ring
	saved     eventlog.Revision // of the last snapshot
	begins    eventlog.Revision // of the stream's first event when it was read from there
	first     eventlog.Revision // of the first event that the state rests on
	starts    int64             // of the follower, when it was last read to the tail
	loaded    bool              // was read to the stream's tail once
	contested bool              // an append met another revision than this one
	unheard   bool              // an append ended without an answer

	place   *list.Element
	users   int
	counted int

	revision atomic.Int64 // of the last event folded
	seen     atomic.Int64 // newest revision that the follower met
	size     atomic.Int64
	gone     atomic.Bool  // the stream is deleted for ever
	doubt    atomic.Int32 // whether the stream still begins where it did
}

// Doubts of whether a stream still begins where it did: none, one that a look ends,
// and one that lasts, since it is cut again as it grows or ages.
const (
	noDoubt int32 = iota
	brief
	lasting
)

func newEntry[S any](id uuid.UUID, stream string) *entry[S] {
	e := &entry[S]{id: id, stream: stream, gate: newGate()}
	e.reset()
	e.seen.Store(int64(eventlog.NoStream))
	return e
}

// reset forgets everything that was read.
func (e *entry[S]) reset() {
	var empty S
	e.state, e.position, e.event, e.receipts = empty, eventlog.Start, uuid.Nil, ring{}
	e.saved, e.begins, e.first, e.loaded, e.contested = eventlog.NoStream, 0, 0, false, false
	e.revision.Store(int64(eventlog.NoStream))
}

// end forgets what preceded a final event: it may be gone from the store.
func (e *entry[S]) end(at eventlog.Revision) { e.first, e.receipts = at, ring{} }

func (e *entry[S]) at() eventlog.Revision { return eventlog.Revision(e.revision.Load()) }

// stale reports whether the stream may hold more than the entry, or less. Starts is
// how often the follower has begun.
func (e *entry[S]) stale(starts int64) bool {
	return !e.loaded || e.contested || e.unheard || e.starts != starts ||
		e.doubt.Load() != noDoubt || e.seen.Load() > e.revision.Load()
}

// empty reports whether the stream has no events that can be read, and may have
// some.
func (e *entry[S]) empty() bool { return e.at() == eventlog.NoStream && !e.gone.Load() }

// derived reports whether the stream's id is made from what it is of, so that
// whoever begins it may not be the first.
func (e *entry[S]) derived() bool { return e.id.Version() == 5 }

// rests returns the revision of the first event that the state rests on.
func (e *entry[S]) rests() eventlog.Revision {
	if e.gone.Load() {
		return eventlog.TombstoneRevision
	}
	return e.first
}

// cut reports whether the stream has lost its beginning without an event of its own
// that needs none before it.
func (e *entry[S]) cut() bool { return e.begins > 0 && e.first == 0 && !e.gone.Load() }

// raise raises a doubt.
func (e *entry[S]) raise(doubt int32) {
	for had := e.doubt.Load(); had < doubt && !e.doubt.CompareAndSwap(had, doubt); had = e.doubt.Load() {
	}
}

func (e *entry[S]) show(now time.Time) Loaded[S] {
	return Loaded[S]{State: &e.state, Revision: e.at(), Position: e.position, Now: now}
}

// noteSeen raises the newest revision that the follower met and reports whether
// the entry already held it.
func (e *entry[S]) noteSeen(revision eventlog.Revision) bool {
	for {
		seen := e.seen.Load()
		if int64(revision) <= seen || e.seen.CompareAndSwap(seen, int64(revision)) {
			return e.revision.Load() >= int64(revision)
		}
	}
}
