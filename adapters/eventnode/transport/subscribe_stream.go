package transport

import (
	"context"

	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"

	"parley/adapters/eventnode"
	"parley/domain/eventlog"
)

// subscribeStream sends a stream's events behind a revision (exclusive) for as
// long as the client wants. A stream that does not exist yet, or has been deleted,
// is waited for; one that is tombstoned is refused, and a tombstone that comes is
// sent like any event and then ends the subscription.
func (r *reading) subscribeStream(options *streams.ReadReq_Options_StreamOptions) error {
	ctx, cancel := r.live()
	defer cancel()
	name, err := streamName(options.GetStreamIdentifier())
	if err != nil {
		return err
	}
	from, err := fromRevision(options)
	if err != nil {
		return err
	}
	// The head is taken before the stream is read: what is not in the stream
	// then lies behind the head.
	head := r.node.Head()
	_, last, err := r.node.Extent(ctx, name)
	if err != nil {
		return r.ended(err)
	}
	if err := r.confirm(); err != nil {
		return err
	}
	sub := &streamSubscription{reading: r, name: name, waits: r.cfg.Version2310 && last == eventlog.NoStream}
	switch options.GetRevisionOption().(type) {
	case *streams.ReadReq_Options_StreamOptions_Revision:
		sub.next = min(from, lastRevision-1) + 1
	case *streams.ReadReq_Options_StreamOptions_End:
		sub.next = last + 1
	}
	if err := sub.catchUp(ctx); err != nil {
		return r.ended(err)
	}
	return r.ended(sub.follow(ctx, head))
}

// streamSubscription is where a subscription to one stream stands.
type streamSubscription struct {
	*reading
	name  string
	next  eventlog.Revision // of the next event to send
	there bool              // has sent an event
	waits bool              // for the stream, and says that it has caught up only then
}

func (s *streamSubscription) catchUp(ctx context.Context) error {
	for record, err := range s.node.Stream(ctx, s.name, s.next, 0) {
		if err != nil {
			return err
		}
		if err := s.give(&record); err != nil {
			return err
		}
		s.next, s.waits = record.Revision+1, false
	}
	if s.waits {
		return nil
	}
	return s.caughtUp(s.next-1, eventlog.Start)
}

// follow goes on behind the position; events that catchUp has sent are passed
// over by their revision.
func (s *streamSubscription) follow(ctx context.Context, after eventlog.Position) error {
	cursor := s.node.Cursor(after)
	for {
		page, err := cursor.Pull(ctx)
		if err != nil {
			return err
		}
		for i := range page.Records {
			record := &page.Records[i]
			if record.Stream != s.name {
				continue
			}
			if err := s.pass(record); err != nil {
				return err
			}
		}
		if !page.Live {
			continue
		}
		if err := s.arrive(); err != nil {
			return err
		}
		if err := cursor.Wait(ctx); err != nil {
			return err
		}
	}
}

// pass sends a record of the stream that has not been sent. Behind a tombstone the
// subscription is over.
func (s *streamSubscription) pass(record *eventnode.Record) error {
	if record.Revision < s.next {
		return nil
	}
	if err := s.give(record); err != nil {
		return err
	}
	if record.Revision == lastRevision {
		return &eventnode.StreamDeletedError{Stream: s.name}
	}
	s.next, s.there = record.Revision+1, true
	return nil
}

// arrive says that the subscription has caught up with a stream that it has waited
// for.
func (s *streamSubscription) arrive() error {
	if !s.waits || !s.there {
		return nil
	}
	s.waits = false
	return s.caughtUp(s.next-1, eventlog.Start)
}
