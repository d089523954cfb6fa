package eventstore

import (
	"context"
	"fmt"
	"iter"
	"strings"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"

	"parley/domain/eventlog"
)

// ReadAll implements [eventlog.Log]. The server cannot filter a read, only a
// subscription, whose end is harder to tell; product events being nearly all there
// are, the filter is here.
func (s *Store) ReadAll(ctx context.Context, after eventlog.Position, prefix string, limit int) iter.Seq2[eventlog.Recorded, error] {
	return func(yield func(eventlog.Recorded, error) bool) {
		end, err := s.end(ctx)
		if err == nil && after < end {
			scan := allScan{after: after, end: end, prefix: prefix, left: limit, yield: yield}
			err = s.read(ctx, func() opening { return openAll(scan.after) }, scan.deliver)
		}
		if err != nil {
			yield(eventlog.Recorded{}, fmt.Errorf("read log: %w", err))
		}
	}
}

// openAll reads everything from a position (inclusive).
func openAll(from eventlog.Position) opening {
	options := esdb.ReadAllOptions{From: allPosition(from)}
	return func(ctx context.Context, client *esdb.Client) (*esdb.ReadStream, error) {
		return client.ReadAll(ctx, options, count(0))
	}
}

// allScan yields what of $all the reader asked for.
type allScan struct {
	after  eventlog.Position
	end    eventlog.Position
	prefix string
	left   int
	yield  func(eventlog.Recorded, error) bool
}

// deliver takes the next event of $all. It stops at the end that the log had
// when the read began: writers could keep it going for ever.
func (a *allScan) deliver(e eventlog.Recorded) error {
	if e.Position > a.end {
		return errStopped
	}
	if e.Position <= a.after {
		return nil
	}
	a.after = e.Position
	if strings.HasPrefix(e.Stream, a.prefix) {
		a.left--
		if !a.yield(e, nil) || a.left == 0 {
			return errStopped
		}
	}
	if e.Position == a.end {
		return errStopped
	}
	return nil
}

// end is the position of the last event of all.
func (s *Store) end(ctx context.Context) (eventlog.Position, error) {
	last, err := ask(ctx, s, readLast)
	if err != nil {
		return eventlog.Start, final(err)
	}
	if len(last) == 0 {
		return eventlog.Start, nil
	}
	return last[0].Position, nil
}

// readLast reads the last event of $all, if there is one.
func readLast(ctx context.Context, client *esdb.Client) ([]eventlog.Recorded, error) {
	return readPage(ctx, client, openBackwards(esdb.End{}, 1))
}

// openBackwards reads from a place (exclusive) towards the start.
func openBackwards(from esdb.AllPosition, n int) opening {
	options := esdb.ReadAllOptions{From: from, Direction: esdb.Backwards}
	return func(ctx context.Context, client *esdb.Client) (*esdb.ReadStream, error) {
		return client.ReadAll(ctx, options, count(n))
	}
}
