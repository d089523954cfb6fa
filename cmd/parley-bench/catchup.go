package main

import (
	"context"
	"fmt"
	"path/filepath"

	"github.com/google/uuid"
	"golang.org/x/sync/errgroup"

	"parley/adapters/eventnode"
	"parley/domain/eventlog"
)

// Bars of catching up, in process and through the client.
const (
	catchUpBar           = 1
	catchUpThroughClient = 0.8
)

// readingPage is how many events are one operation of catching up.
const readingPage = eventlog.MaxBatchEvents

// catchUpFolder is the data folder of the log that is caught up with, eventsIn
// where the program keeps the log in a data folder.
const (
	catchUpFolder = "node-catchup"
	eventsIn      = "events"
)

// speedOfCatchingUp measures how fast all events are read again: in process,
// against pages read from PostgreSQL, and through the official client, against
// the same client fed by a server that has its messages ready.
func (l *lab) speedOfCatchingUp(ctx context.Context) ([]table, error) {
	if l.run.Events < readingPage || l.run.Events%readingPage != 0 {
		return nil, fmt.Errorf("--events must be a multiple of %d", readingPage)
	}
	if err := l.fillLog(ctx); err != nil {
		return nil, fmt.Errorf("fill the log: %w", err)
	}
	inside, err := l.catchUpInside(ctx)
	if err != nil {
		return nil, err
	}
	through, err := l.catchUpThrough(ctx)
	if err != nil {
		return nil, err
	}
	return []table{inside, through}, nil
}

// catchUpInside reads the log in process and from PostgreSQL.
func (l *lab) catchUpInside(ctx context.Context) (table, error) {
	const inside, postgres = "following in process", "PG"
	t := table{
		title: "Catch-up · with all events, in process",
		note: fmt.Sprintf("%d events with %d bytes of data each are followed from the first on, again and again. PG reads the same events, in the same pages of %d by their position, through pgx. Times are those of a page.",
			l.run.Events, payloadBytes, readingPage),
	}
	node, err := eventnode.Open(eventnode.Config{Dir: filepath.Join(l.dir, catchUpFolder, eventsIn)})
	if err != nil {
		return t, err
	}
	defer node.Close()
	db, err := l.postgres(ctx)
	if err != nil {
		return t, err
	}
	if err := db.copyLog(ctx, node); err != nil {
		return t, fmt.Errorf("copy the log: %w", err)
	}
	laps, err := l.race(ctx, 1, db.paging(), following(node, inside))
	if err != nil {
		return t, err
	}
	t.compare("one reader, events/s", times(laps[inside], readingPage), times(laps[postgres], readingPage), postgres, catchUpBar)
	return t, nil
}

// following reads the log as the product's followers do, and begins again at its
// end.
func following(node *eventnode.Node, name string) contender {
	return contender{name: name, open: func(int) (step, error) {
		var sub eventlog.Subscription
		return func(ctx context.Context) error {
			for read := 0; read < readingPage; {
				if sub == nil {
					var err error
					if sub, err = node.Follow(ctx, eventlog.Start, ""); err != nil {
						return err
					}
				}
				batch, err := sub.Next(ctx)
				if err != nil {
					return err
				}
				if read += len(batch.Events); batch.Live {
					sub.Close()
					sub = nil
				}
			}
			return nil
		}, nil
	}}
}

// fillLog makes the log: streams of a hundred events.
func (l *lab) fillLog(ctx context.Context) error {
	dir, err := l.folder(filepath.Join(catchUpFolder, eventsIn))
	if err != nil {
		return err
	}
	node, err := eventnode.Open(eventnode.Config{Dir: dir})
	if err != nil {
		return err
	}
	defer node.Close()
	return fill(ctx, node, l.run.Events, eventsPerStream, payload())
}

// eventsPerStream is how long the streams of the log are.
const eventsPerStream = 100

// fill appends events with the same data to a node, a stream of some length at a
// time.
func fill(ctx context.Context, node *eventnode.Node, events, length int, data []byte) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(16)
	for first := 0; first < events && ctx.Err() == nil; first += length {
		batch := make([]eventlog.NewEvent, min(length, events-first))
		for i := range batch {
			batch[i] = eventlog.NewEvent{ID: uuid.New(), Type: eventType, Data: data}
		}
		group.Go(func() error {
			_, err := node.Append(ctx, "bench-"+uuid.NewString(), eventlog.NoStream, batch)
			return err
		})
	}
	return group.Wait()
}
