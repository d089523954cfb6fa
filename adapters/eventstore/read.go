package eventstore

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"

	"parley/domain/eventlog"
)

// opening starts a read.
type opening = operation[*esdb.ReadStream]

// errStopped ends a read whose reader wants no more.
var errStopped = errors.New("reader has enough")

// ReadStream implements [eventlog.Log].
func (s *Store) ReadStream(ctx context.Context, stream string, from eventlog.Revision, limit int) iter.Seq2[eventlog.Recorded, error] {
	return func(yield func(eventlog.Recorded, error) bool) {
		next, left := max(from, 0), limit
		err := s.read(ctx, func() opening { return openStream(stream, next, left) }, func(e eventlog.Recorded) error {
			next, left = e.Revision+1, left-1
			if !yield(e, nil) || left == 0 {
				return errStopped
			}
			return nil
		})
		if err != nil {
			yield(eventlog.Recorded{}, fmt.Errorf("read %s: %w", stream, err))
		}
	}
}

// openStream reads a stream from a revision.
func openStream(stream string, from eventlog.Revision, limit int) opening {
	options := esdb.ReadStreamOptions{From: esdb.Revision(uint64(from))}
	return func(ctx context.Context, client *esdb.Client) (*esdb.ReadStream, error) {
		return client.ReadStream(ctx, stream, options, count(limit))
	}
}

// read delivers events until there are no more, deliver fails, or the context
// ends. A read that breaks off is opened again behind what was delivered.
func (s *Store) read(ctx context.Context, rest func() opening, deliver func(eventlog.Recorded) error) error {
	var last error
	for failures := 1; ; failures++ {
		l, err := s.borrow(ctx)
		if err != nil {
			if last != nil {
				err = unknown(err, last)
			}
			return err
		}
		delivered, err := s.readOn(ctx, l, rest(), deliver)
		switch {
		case errors.Is(err, io.EOF), errors.Is(err, errStopped), faultOf(err) == missing:
			return nil
		case faultOf(err).definite():
			return final(err)
		case delivered:
			failures = 0
		}
		last = err
		pause(ctx, failures)
	}
}

// readOn reads on one line that the caller has entered. It reports whether
// anything was delivered, and why it ended: io.EOF at the end.
func (s *Store) readOn(ctx context.Context, l *line, open opening, deliver func(eventlog.Recorded) error) (delivered bool, err error) {
	pumping, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(l.ctx, cancel)()
	q := newQueue(eventlog.Start)
	go func() {
		defer l.leave()
		_, err := guarded(pumping, l.client, func(ctx context.Context, client *esdb.Client) (struct{}, error) {
			return struct{}{}, pumpRead(ctx, l, client, open, q)
		})
		q.end(err)
	}()
	for {
		batch, err := s.await(pumping, q)
		for _, e := range batch.Events {
			delivered = true
			if err := deliver(e); err != nil {
				return delivered, err
			}
		}
		if err != nil {
			if !errors.Is(err, io.EOF) {
				s.learn(ctx, l, err)
			}
			return delivered, err
		}
	}
}

// await takes what has come, or waits for it as long as for any answer.
func (s *Store) await(ctx context.Context, q *queue) (eventlog.Batch, error) {
	bounded, cancel := context.WithTimeout(ctx, s.config.CallTimeout)
	defer cancel()
	batch, err := q.next(bounded)
	if err != nil && bounded.Err() != nil {
		err = fmt.Errorf("%w: %w", errNoAnswer, err)
	}
	return batch, err
}

// pumpRead fills a queue until the read ends.
func pumpRead(ctx context.Context, l *line, client *esdb.Client, open opening, q *queue) error {
	stream, err := open(ctx, client)
	if err != nil {
		return err
	}
	defer stream.Close()
	for {
		e, err := stream.Recv()
		if err != nil {
			return err
		}
		l.hear()
		if err := q.put(ctx, recorded(e.OriginalEvent())); err != nil {
			return err
		}
	}
}

// readPage reads a bounded number of events inside an operation.
func readPage(ctx context.Context, client *esdb.Client, open opening) ([]eventlog.Recorded, error) {
	stream, err := open(ctx, client)
	if err != nil {
		return nil, err
	}
	defer stream.Close()
	var events []eventlog.Recorded
	for {
		e, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return events, nil
		}
		if err != nil {
			return nil, err
		}
		events = append(events, recorded(e.OriginalEvent()))
	}
}
