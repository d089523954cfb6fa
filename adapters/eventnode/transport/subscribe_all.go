package transport

import (
	"context"

	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"

	"parley/adapters/eventnode"
	"parley/domain/eventlog"
)

// subscribeAll sends the events of all streams behind a position (exclusive)
// for as long as the client wants. With a filter it also sends how far it has
// come: every so many events considered, and once when it has caught up with any. A
// position that is not 0, an event's or above the end is refused behind the
// confirmation.
func (r *reading) subscribeAll(options *streams.ReadReq_Options_AllOptions) error {
	ctx, cancel := r.live()
	defer cancel()
	from, err := fromPosition(options)
	if err != nil {
		return err
	}
	if err := r.match.checkInterval(); err != nil {
		return err
	}
	if err := r.confirm(); err != nil {
		return err
	}
	at := min(from, r.node.Head())
	return r.ended((&allSubscription{reading: r, at: at, told: at}).run(ctx))
}

// allSubscription is where a subscription to all streams stands.
type allSubscription struct {
	*reading
	at         eventlog.Position
	considered uint64            // since the last checkpoint
	told       eventlog.Position // by the last checkpoint, or to begin with
	caughtUp   bool
}

func (s *allSubscription) run(ctx context.Context) error {
	cursor := s.node.Cursor(s.at, s.match.streams()...)
	for {
		page, err := cursor.Pull(ctx)
		if err != nil {
			return err
		}
		for i := range page.Records {
			if err := s.pass(&page.Records[i]); err != nil {
				return err
			}
		}
		if err := s.considerUpTo(page.Position); err != nil {
			return err
		}
		if !page.Live {
			continue
		}
		if err := s.goLive(); err != nil {
			return err
		}
		if err := cursor.Wait(ctx); err != nil {
			return err
		}
	}
}

// pass sends the record if the filter wants it, and a checkpoint when one is due.
func (s *allSubscription) pass(record *eventnode.Record) error {
	// What was passed over may have made one due before the record.
	if err := s.considerUpTo(s.node.Back(record.Position, 1)); err != nil {
		return err
	}
	wanted, err := s.wants(record)
	if err != nil {
		return err
	}
	if wanted {
		if err := s.give(record); err != nil {
			return err
		}
	}
	return s.considerUpTo(record.Position)
}

// considerUpTo counts the events up to a position, and sends a checkpoint when that
// was due at one of them. Of several that were due behind one another, as events are
// passed over that the filter cannot want, the last is enough.
func (s *allSubscription) considerUpTo(position eventlog.Position) error {
	s.considered += uint64(s.node.Between(s.at, position))
	s.at = position
	if s.match == nil || s.considered < s.match.interval {
		return nil
	}
	s.considered %= s.match.interval
	return s.checkpoint(s.node.Back(position, int64(s.considered)))
}

// goLive tells the client once that it has caught up.
func (s *allSubscription) goLive() error {
	if s.caughtUp {
		return nil
	}
	s.caughtUp = true
	if s.match != nil && s.at > s.told && !s.cfg.Version2310 {
		s.considered = 0
		if err := s.checkpoint(s.at); err != nil {
			return err
		}
	}
	return s.reading.caughtUp(eventlog.NoStream, s.at)
}

func (s *allSubscription) checkpoint(position eventlog.Position) error {
	s.told = position
	at := uint64(position)
	return s.call.Send(&streams.ReadResp{Content: &streams.ReadResp_Checkpoint_{
		Checkpoint: &streams.ReadResp_Checkpoint{CommitPosition: at, PreparePosition: at},
	}})
}
