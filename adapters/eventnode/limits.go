package eventnode

import (
	"context"
	"time"

	"parley/domain/eventlog"
)

// visible is the part of a stream that its metadata lets be read.
type visible struct {
	hidden bool // nothing of it
	from   eventlog.Revision
	since  time.Time // the zero time: of any age
}

// visible returns which part of a stream may be read now. A tombstoned stream
// answers [StreamDeletedError].
func (n *Node) visible(ctx context.Context, stream string) (visible, error) {
	s, err := n.standing(ctx, stream)
	switch {
	case err != nil:
		return visible{}, err
	case s.tombstoned:
		return visible{}, &StreamDeletedError{Stream: stream}
	case s.metadata.Deleted():
		return visible{hidden: true}, nil
	}
	v := visible{from: s.metadata.TruncateBefore}
	if s.metadata.MaxAge > 0 {
		v.since = time.Now().Add(-s.metadata.MaxAge)
	}
	if s.metadata.MaxCount > 0 {
		last, err := n.store.newest(ctx, stream)
		if err != nil || last == nil {
			return v, err
		}
		v.from = max(v.from, last.Revision-eventlog.Revision(s.metadata.MaxCount)+1)
	}
	return v, nil
}

// young returns the records that are not too old. It may use their slice.
func (v *visible) young(records []Record) []Record {
	if v.since.IsZero() {
		return records
	}
	kept := records[:0]
	for i := range records {
		if !records[i].RecordedAt.Before(v.since) {
			kept = append(kept, records[i])
		}
	}
	return kept
}

// Extent returns a stream's first revision that its metadata lets be read and its
// last; both are NoStream where reads find no stream. The first may lie behind the
// last. A tombstoned stream answers [StreamDeletedError].
func (n *Node) Extent(ctx context.Context, stream string) (first, last eventlog.Revision, err error) {
	if err := n.readable(ctx); err != nil {
		return eventlog.NoStream, eventlog.NoStream, err
	}
	v, err := n.visible(ctx, stream)
	if err != nil || v.hidden {
		return eventlog.NoStream, eventlog.NoStream, n.explain(ctx, err)
	}
	newest, err := n.store.newest(ctx, stream)
	if err != nil || newest == nil {
		return eventlog.NoStream, eventlog.NoStream, n.explain(ctx, err)
	}
	return v.from, newest.Revision, nil
}
