package projections

import (
	"strings"

	"parley/domain"
	"parley/domain/eventlog"
)

// OnLast is On for an event that ends its stream: it is folded also where the
// stream is parked, which it then is no longer.
func OnLast[B Batch, E domain.Event](fold func(B, E, Meta)) Handler[B] {
	h := On(fold)
	h.last = true
	return h
}

// OnTombstone returns the line that folds the end of an aggregate's streams, or of
// all streams for "": somebody deleted one for ever with the event store's own
// tools. The event has no metadata, so that neither organization nor actor is
// known, and what was in the stream before may be gone from the log. It is folded
// also where the stream is parked, which it then is no longer.
func OnTombstone[B Batch](aggregate string, fold func(B, Meta)) Handler[B] {
	return Handler[B]{tombstoneOf(aggregate), false, func(b B, _ domain.Event, m Meta) { fold(b, m) }, nil}
}

// tombstoneOf is what stands in a table for the ends of an aggregate's streams.
func tombstoneOf(aggregate string) string { return eventlog.TombstoneType + " " + aggregate }

// aggregateOf returns the name of the aggregate that a stream is of.
func aggregateOf(stream string) string {
	name := strings.TrimPrefix(stream, domain.StreamPrefix)
	return name[:max(0, len(name)-uuidLength-1)]
}

// isTombstone reports whether an event ends its stream for ever.
func isTombstone(r *eventlog.Recorded) bool { return r.Type == eventlog.TombstoneType }

// ends reports whether an event ends its stream.
func (p Projection) ends(registry *domain.Registry, r *eventlog.Recorded) bool {
	if isTombstone(r) {
		return true
	}
	name, known := registry.Becomes(r.Type)
	return known && p.last[name]
}

// foldEnd folds the end of a stream; there may be a line for its aggregate, and
// one for all.
func (p Projection) foldEnd(b Batch, r *eventlog.Recorded, found descriptions) {
	m := Meta{ID: r.ID, Stream: r.Stream, Revision: r.Revision, Position: r.Position, RecordedAt: r.RecordedAt}
	for _, name := range []string{tombstoneOf(aggregateOf(r.Stream)), tombstoneOf("")} {
		handle, wanted := p.handlers[name]
		if !wanted {
			continue
		}
		if _, described := p.described[name]; described {
			if m.described = found[r.Stream]; m.described == nil {
				continue
			}
		}
		handle(b, nil, m)
	}
}
