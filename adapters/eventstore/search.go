package eventstore

import (
	"context"
	"io"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"

	"parley/domain/eventlog"
)

// search is a subscription as a source that ends where the log did when it was
// opened. The server filters: nothing else crosses the wire but, seldom, how far it
// has come.
type search struct {
	*esdb.Subscription
	end eventlog.Position
}

// openSearch searches behind a position and up to an end for what has a prefix. The
// server that searches must have got that far, or it would be done too early.
func openSearch(after, end eventlog.Position, prefix string) opening {
	return func(ctx context.Context, client *esdb.Client) (source, error) {
		last, err := readLast(ctx, client)
		if err != nil {
			return nil, err
		}
		if len(last) == 0 || last[0].Position < end {
			return nil, errBehind
		}
		sub, err := client.SubscribeToAll(ctx, subscribeOptions(allPosition(after), prefix, seldom))
		if err != nil {
			return nil, err
		}
		return &search{sub, end}, nil
	}
}

// Recv implements source.
func (s *search) Recv() (eventlog.Recorded, error) {
	for {
		message := s.Subscription.Recv()
		switch {
		case message.EventAppeared != nil:
			return recorded(message.EventAppeared.OriginalEvent()), nil
		case message.SubscriptionDropped != nil:
			return eventlog.Recorded{}, message.SubscriptionDropped.Error
		case message.CaughtUp != nil,
			message.CheckPointReached != nil && eventlog.Position(message.CheckPointReached.Commit) >= s.end:
			return eventlog.Recorded{}, io.EOF
		}
	}
}

// Close implements source.
func (s *search) Close() { _ = s.Subscription.Close() } // it always returns nil
