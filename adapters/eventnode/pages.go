package eventnode

import (
	"context"
	"errors"
	"fmt"

	"parley/domain/eventlog"
)

const (
	forwards  = 0
	backwards = 1
)

// allForwards reads a page of the events behind a position up to another, all
// streams. A row that is missing from it is damage.
func (s *store) allForwards(ctx context.Context, after, upTo eventlog.Position, limit int) ([]Record, error) {
	next := s.numbering.next(after)
	records, full, err := s.pages.page(ctx, pageOfAll+forwards, limit, int64(min(after, maxPosition)), int64(upTo), int64(limit))
	for i := range records {
		if records[i].Position != next {
			return records[:i], &eventlog.DamagedError{Position: next, Reason: "the event is missing"}
		}
		next = s.numbering.next(next)
	}
	return records, s.named(err, next, !full && next <= upTo)
}

// allBackwards reads a page of the events at or before a position, newest first.
// A row that is missing from it is damage.
func (s *store) allBackwards(ctx context.Context, from eventlog.Position, limit int) ([]Record, error) {
	records, full, err := s.pages.page(ctx, pageOfAll+backwards, limit, int64(from), int64(limit))
	next := s.numbering.last(from)
	for i := range records {
		if records[i].Position != next {
			return records[:i], &eventlog.DamagedError{Position: next, Reason: "the event is missing"}
		}
		next = s.numbering.before(next)
	}
	return records, s.named(err, next, !full && next > eventlog.Start)
}

// named gives an error of a page the position of the event that it is about, and
// makes one of an event that is missing there. A damaged row may lie about its
// position, the numbering does not.
func (s *store) named(err error, next eventlog.Position, missing bool) error {
	damage, ok := errors.AsType[*eventlog.DamagedError](err)
	switch {
	case ok:
		return &eventlog.DamagedError{Position: next, Reason: damage.Reason}
	case damaged(err):
		return &eventlog.DamagedError{Position: next, Reason: err.Error()}
	case err == nil && missing:
		return &eventlog.DamagedError{Position: next, Reason: "the event is missing"}
	}
	return err
}

// stream reads a page of one stream: from a revision on, or back from it. A row
// that is missing from it is damage.
func (s *store) stream(ctx context.Context, name string, from eventlog.Revision, direction, limit int) ([]Record, error) {
	records, _, err := s.pages.page(ctx, pageOfOne+query(direction), limit, name, int64(from), int64(limit))
	next, at := from, eventlog.Position(0)
	for i := range records {
		r := &records[i]
		switch {
		case r.Revision == tombstone:
			return records[:i], &StreamDeletedError{Stream: name}
		case r.Revision == next:
		case i > 0:
			return records[:i], s.missing(ctx, name, next, min(at, r.Position), max(at, r.Position))
		default:
			if err := s.unlessBeyond(ctx, name, from, direction, r); err != nil {
				return nil, err
			}
		}
		next, at = r.Revision+eventlog.Revision(1-2*direction), r.Position
	}
	switch {
	case damaged(err):
		return records, &eventlog.DamagedError{Position: at, Reason: fmt.Sprintf("revision %d of %s: %s", next, name, err)}
	case err == nil && len(records) == 0:
		return nil, s.unlessBeyond(ctx, name, from, direction, nil)
	}
	return records, err
}
