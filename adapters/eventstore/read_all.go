package eventstore

import (
	"context"
	"errors"
	"fmt"
	"iter"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"

	"parley/domain/eventlog"
)

// ReadAll implements [eventlog.Log]. The server cannot filter a read, but it can a
// subscription: with a prefix it is one that ends where the log did.
func (s *Store) ReadAll(ctx context.Context, after eventlog.Position, prefix string, limit int) iter.Seq2[eventlog.Recorded, error] {
	return func(yield func(eventlog.Recorded, error) bool) {
		scan := &allScan{era: s.present(), after: after, prefix: prefix, left: limit, yield: yield}
		if err := scan.run(ctx); err != nil {
			yield(eventlog.Recorded{}, fmt.Errorf("read log: %w", err))
		}
	}
}

// allScan yields what of $all the reader asked for.
type allScan struct {
	era    *era
	after  eventlog.Position // what has been yielded or is not wanted
	end    eventlog.Position // of the log when the scan began
	prefix string
	left   int
	yield  func(eventlog.Recorded, error) bool
}

// run reads from behind the position to the end that the log has now: writers
// could keep it going for ever.
func (a *allScan) run(ctx context.Context) (err error) {
	if err = a.era.check(ctx, a.after); err != nil {
		return final(readingAll, err)
	}
	if a.end, err = a.era.endNow(ctx); err != nil {
		return final(readingAll, err)
	}
	if a.after >= a.end {
		return nil
	}
	if a.prefix == "" {
		r := reading{era: a.era, call: readingAll}
		return r.run(ctx, func() opening { return openAll(allPosition(a.after), 0) }, a.deliver)
	}
	r := reading{era: a.era, call: subscribing, patient: true}
	return r.run(ctx, func() opening { return openSearch(a.after, a.end, a.prefix) }, a.deliver)
}

// openAll reads everything from a place (inclusive).
func openAll(from esdb.AllPosition, limit int) opening {
	options := esdb.ReadAllOptions{From: from}
	return func(ctx context.Context, client *esdb.Client) (source, error) {
		return plain(client.ReadAll(byLeader(ctx), options, count(limit)))
	}
}

// openBackwards reads from a place (exclusive) towards the start.
func openBackwards(from esdb.AllPosition, n int) opening {
	options := esdb.ReadAllOptions{From: from, Direction: esdb.Backwards}
	return func(ctx context.Context, client *esdb.Client) (source, error) {
		return plain(client.ReadAll(byLeader(ctx), options, count(n)))
	}
}

// deliver takes the next event and stops at the end.
func (a *allScan) deliver(e eventlog.Recorded) error {
	if e.Position > a.end {
		return errStopped
	}
	if e.Position <= a.after {
		return nil
	}
	a.after = e.Position
	if a.left--; !a.yield(e, nil) || a.left == 0 || e.Position == a.end {
		return errStopped
	}
	return nil
}

// errBehind is the answer of a server that has not got as far as another one, which
// was the leader, had.
var errBehind = errors.New("server is behind the log's end")
