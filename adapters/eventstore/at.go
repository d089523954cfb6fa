package eventstore

import (
	"context"
	"fmt"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	"parley/domain/eventlog"
)

// End implements [eventlog.Log].
func (s *Store) End(ctx context.Context) (eventlog.Position, error) {
	end, err := s.present().endNow(ctx)
	if err != nil {
		return eventlog.Start, fmt.Errorf("read the log's end: %w", final(readingAll, err))
	}
	return end, nil
}

// endNow asks for the log's end.
func (e *era) endNow(ctx context.Context) (eventlog.Position, error) {
	return ask(ctx, e, readingAll, e.readEnd)
}

// At implements [eventlog.Log].
func (s *Store) At(ctx context.Context, position eventlog.Position) (eventlog.Recorded, error) {
	found, err := s.present().at(ctx, position)
	if err != nil {
		return eventlog.Recorded{}, fmt.Errorf("read event at %d: %w", position, final(readingAll, err))
	}
	return found, nil
}

// at returns the event at exactly a position.
func (e *era) at(ctx context.Context, position eventlog.Position) (eventlog.Recorded, error) {
	if position == eventlog.Start {
		return eventlog.Recorded{}, eventlog.ErrNoSuchPosition
	}
	found, err := ask(ctx, e, readingAll, readAt(position))
	if err != nil {
		return eventlog.Recorded{}, err
	}
	e.saw(&found)
	if found.Position != position {
		return eventlog.Recorded{}, eventlog.ErrGone
	}
	return found, nil
}

// check returns [eventlog.ErrNoSuchPosition] for a number that is no position of
// the log. What was handed out lately is known to be one; of another number the
// server is asked. One whose event has been scavenged since is accepted.
func (e *era) check(ctx context.Context, position eventlog.Position) error {
	if position == eventlog.Start || e.known.has(position) {
		return nil
	}
	if _, err := ask(ctx, e, readingAll, readAt(position)); err != nil {
		return err
	}
	e.known.add(position)
	return nil
}

// readAt reads the event at a position, or the first behind it when that one is
// gone. Above the end there is none. A server refuses a number that is no event's,
// and it says so in ways that may mean anything: only when it refuses it twice,
// while it answers where the log ends, it is about the number.
func readAt(position eventlog.Position) operation[eventlog.Recorded] {
	return func(ctx context.Context, client *esdb.Client) (eventlog.Recorded, error) {
		found, err := readOne(ctx, client, allPosition(position))
		if !refusesPosition(err) {
			return found, err
		}
		if _, err := readLast(ctx, client); err != nil {
			return eventlog.Recorded{}, err
		}
		found, err = readOne(ctx, client, allPosition(position))
		if refusesPosition(err) {
			return eventlog.Recorded{}, fmt.Errorf("%w: %w", eventlog.ErrNoSuchPosition, err)
		}
		return found, err
	}
}

// readOne reads the first event at or behind a place.
func readOne(ctx context.Context, client *esdb.Client, from esdb.AllPosition) (eventlog.Recorded, error) {
	events, err := readPage(ctx, client, openAll(from, 1))
	switch {
	case err != nil:
		return eventlog.Recorded{}, err
	case len(events) == 0:
		return eventlog.Recorded{}, eventlog.ErrNoSuchPosition
	}
	return events[0], nil
}

// refusesPosition reports whether an error may be what a server says to a number
// that is no position: up to 23.10 that its handler failed, later that the
// argument is invalid.
func refusesPosition(err error) bool {
	if err == nil || faultOf(err) == nowhere || isOutage(err) {
		return false
	}
	said, ok := status.FromError(err)
	return ok && (said.Code() == codes.Unknown || said.Code() == codes.InvalidArgument)
}

// readEnd is the position of the last event of all.
func (e *era) readEnd(ctx context.Context, client *esdb.Client) (eventlog.Position, error) {
	last, err := readLast(ctx, client)
	if err != nil || len(last) == 0 {
		return eventlog.Start, err
	}
	e.saw(&last[0])
	return last[0].Position, nil
}

// readLast reads the last event of $all, if there is one.
func readLast(ctx context.Context, client *esdb.Client) ([]eventlog.Recorded, error) {
	return readPage(ctx, client, openBackwards(esdb.End{}, 1))
}

// byLeader lets only the leader answer: another server may be behind it. The
// client means to ask for that by itself, but writes it where it is not sent.
func byLeader(ctx context.Context) context.Context {
	return metadata.AppendToOutgoingContext(ctx, "requires-leader", "true")
}
