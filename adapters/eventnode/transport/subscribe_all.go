package transport

import (
	"context"

	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"

	"parley/adapters/eventnode"
	"parley/domain/eventlog"
)

// subscribeAll sends the events of all streams behind a position (exclusive)
// for as long as the client wants. With a filter it also sends how far it has
// come: every so many events considered, and once when it goes live.
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
	sub := &allSubscription{reading: r, at: min(from, r.node.Head())}
	if from > sub.at && from != lastPosition {
		sub.at = from
	}
	return r.ended(sub.run(ctx))
}

// allSubscription is where a subscription to all streams stands.
type allSubscription struct {
	*reading
	at         eventlog.Position
	considered uint64            // since the last checkpoint
	told       eventlog.Position // by the last checkpoint
	caughtUp   bool
}

func (s *allSubscription) run(ctx context.Context) error {
	cursor := s.node.Cursor(s.at)
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
	s.at = record.Position
	wanted, err := s.wants(record)
	if err != nil {
		return err
	}
	if wanted {
		if err := s.give(record); err != nil {
			return err
		}
	}
	if s.considered++; s.match == nil || s.considered < s.match.interval {
		return nil
	}
	return s.checkpoint()
}

// goLive tells the client once that it has caught up.
func (s *allSubscription) goLive() error {
	if s.caughtUp {
		return nil
	}
	s.caughtUp = true
	if s.match != nil && s.at > s.told {
		if err := s.checkpoint(); err != nil {
			return err
		}
	}
	return s.reading.caughtUp(eventlog.NoStream, s.at)
}

func (s *allSubscription) checkpoint() error {
	s.considered, s.told = 0, s.at
	at := uint64(s.at)
	return s.call.Send(&streams.ReadResp{Content: &streams.ReadResp_Checkpoint_{
		Checkpoint: &streams.ReadResp_Checkpoint{CommitPosition: at, PreparePosition: at},
	}})
}
