package eventnode

import (
	"context"
	"fmt"

	"parley/domain/eventlog"
)

// unlessBeyond is asked when a page of a stream does not begin with the revision
// that was asked for; first is nil when it has no event. It returns the damage
// where that revision is missing, and nothing where the stream ends before it.
func (s *store) unlessBeyond(ctx context.Context, stream string, asked eventlog.Revision, direction int, first *Record) error {
	if direction == forwards && first != nil {
		before, err := s.atOrBefore(ctx, stream, asked-1)
		if err != nil {
			return err
		}
		return s.missing(ctx, stream, asked, before, first.Position)
	}
	if direction == forwards || asked < 0 || asked >= tombstone-1 {
		return nil
	}
	behind, _, err := s.pages.page(ctx, pageOfOne+forwards, 1, stream, int64(asked), int64(1))
	// What is there now has been appended since.
	if err != nil || len(behind) == 0 || behind[0].Revision == asked || behind[0].Revision == tombstone {
		return err
	}
	lower := eventlog.Start
	if first != nil {
		lower = first.Position
	}
	return s.missing(ctx, stream, asked, lower, behind[0].Position)
}

// atOrBefore returns the position of a stream's last event that is not behind a
// revision, or Start.
func (s *store) atOrBefore(ctx context.Context, stream string, revision eventlog.Revision) (eventlog.Position, error) {
	records, _, err := s.pages.page(ctx, pageOfOne+backwards, 1, stream, int64(revision), int64(1))
	if err != nil || len(records) == 0 {
		return eventlog.Start, err
	}
	return records[0].Position, nil
}

// missing returns the damage that a missing revision of a stream is: the first
// hole in the log between the events around it.
func (s *store) missing(ctx context.Context, stream string, revision eventlog.Revision, after, upTo eventlog.Position) error {
	for at := after; at < upTo; {
		records, err := s.allForwards(ctx, at, upTo, pageEvents)
		if err != nil {
			return err
		}
		at = records[len(records)-1].Position
	}
	return &eventlog.DamagedError{Position: upTo, Reason: fmt.Sprintf("revision %d of %s is missing beside it", revision, stream)}
}
