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

// source is what a read hands out: events, and io.EOF at their end.
type source interface {
	Recv() (eventlog.Recorded, error)
	Close()
}

// opening starts a read.
type opening = operation[source]

// errStopped ends a read whose reader wants no more.
var errStopped = errors.New("reader has enough")

// ReadStream implements [eventlog.Log].
func (s *Store) ReadStream(ctx context.Context, stream string, from eventlog.Revision, limit int) iter.Seq2[eventlog.Recorded, error] {
	return func(yield func(eventlog.Recorded, error) bool) {
		r := reading{era: s.present(), call: readingStream}
		next, left := max(from, 0), limit
		err := r.run(ctx, func() opening { return openStream(stream, next, left) }, func(e eventlog.Recorded) error {
			if left--; !yield(e, nil) || left == 0 || e.Revision == eventlog.TombstoneRevision {
				return errStopped
			}
			next = e.Revision + 1
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
	return func(ctx context.Context, client *esdb.Client) (source, error) {
		return plain(client.ReadStream(byLeader(ctx), stream, options, count(limit)))
	}
}

// page is a read by the client.
type page struct{ *esdb.ReadStream }

// plain makes a read by the client a source.
func plain(read *esdb.ReadStream, err error) (source, error) {
	if err != nil {
		return nil, err
	}
	return page{read}, nil
}

// Recv implements source.
func (p page) Recv() (eventlog.Recorded, error) {
	e, err := p.ReadStream.Recv()
	if err != nil {
		return eventlog.Recorded{}, err
	}
	return recorded(e.OriginalEvent()), nil
}

// reading is a read of any length, which connections may break off.
type reading struct {
	era  *era
	call call
	// patient waits as long as the line serves: a search says nothing while it finds
	// nothing.
	patient bool
}

// run delivers events until there are no more, deliver fails, or the context or
// the era ends. A read that breaks off is opened again behind what was delivered.
func (r *reading) run(ctx context.Context, rest func() opening, deliver func(eventlog.Recorded) error) error {
	var last error
	for failures := 1; ; failures++ {
		l, err := r.era.store.borrow(ctx, r.era)
		if err != nil {
			if last != nil {
				err = unknown(r.call, err, last)
			}
			return err
		}
		delivered, err := r.runOn(ctx, l, rest(), deliver)
		enough := errors.Is(err, errStopped)
		if replaced := r.era.replaced(); replaced != nil && !enough {
			return replaced
		}
		if enough || errors.Is(err, io.EOF) || faultOf(err) == missing {
			err = nil
		}
		if last == nil || faultOf(err) != silent { // that nothing came again says less
			last = r.era.store.note(ctx, l, r.call, err)
		}
		switch {
		case faultOf(err).definite():
			return final(r.call, err)
		case delivered:
			failures = 0
		}
		pause(ctx, failures)
	}
}

// runOn reads on one line that the caller has entered. It reports whether
// anything was delivered, and why it ended: io.EOF at the end.
func (r *reading) runOn(ctx context.Context, l *line, open opening, deliver func(eventlog.Recorded) error) (delivered bool, err error) {
	pumping, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(l.ctx, cancel)()
	q := newQueue(eventlog.Start)
	go func() {
		defer l.leave()
		_, err := guarded(pumping, l.client, func(ctx context.Context, client *esdb.Client) (struct{}, error) {
			return struct{}{}, r.pump(ctx, l, client, open, q)
		})
		q.end(err)
	}()
	for {
		batch, err := r.await(pumping, l, q)
		for _, e := range batch.Events {
			if replaced := r.era.replaced(); replaced != nil {
				return delivered, replaced
			}
			delivered = true
			if err := deliver(e); err != nil {
				return delivered, err
			}
		}
		if err != nil {
			if !errors.Is(err, io.EOF) {
				r.era.store.learn(ctx, l, err)
			}
			return delivered, err
		}
	}
}

// await takes what has come, or waits for it as long as for any answer.
func (r *reading) await(ctx context.Context, l *line, q *queue) (eventlog.Batch, error) {
	for {
		bounded, cancel := context.WithTimeout(ctx, r.era.store.config.CallTimeout)
		batch, err := q.next(bounded)
		late := bounded.Err() != nil
		cancel()
		if err == nil || !late {
			return batch, err
		}
		if !r.patient || ctx.Err() != nil {
			return batch, fmt.Errorf("%w: %w", errNoAnswer, err)
		}
		r.era.store.doubt(l)
	}
}

// pump fills a queue until the read ends.
func (r *reading) pump(ctx context.Context, l *line, client *esdb.Client, open opening, q *queue) error {
	from, err := open(ctx, client)
	if err != nil {
		return err
	}
	defer from.Close()
	for {
		e, err := from.Recv()
		if err != nil {
			return err
		}
		l.hear()
		r.era.saw(&e)
		if err := q.put(ctx, e); err != nil {
			return err
		}
	}
}

// readPage reads a bounded number of events inside an operation.
func readPage(ctx context.Context, client *esdb.Client, open opening) ([]eventlog.Recorded, error) {
	from, err := open(ctx, client)
	if err != nil {
		return nil, err
	}
	defer from.Close()
	var events []eventlog.Recorded
	for {
		e, err := from.Recv()
		if errors.Is(err, io.EOF) {
			return events, nil
		}
		if err != nil {
			return nil, err
		}
		events = append(events, e)
	}
}
