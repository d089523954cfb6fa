package commands

import (
	"context"
	"errors"
	"fmt"
	"time"

	"parley/domain"
	"parley/domain/eventlog"
)

// Limits of an append whose outcome is unknown.
const (
	appendTimeout = 5 * time.Second
	appendPause   = 50 * time.Millisecond
)

// append writes the events behind the entry's revision and folds them: where the
// log says that they are there, they are, to the byte. A *eventlog.ConflictError is
// returned as it is.
func (r *Repository[S, E]) append(ctx context.Context, e *entry[S], c *command[S, E], events []E) (Outcome[S, E], error) {
	batch, err := c.encode(events)
	if err != nil {
		return Outcome[S, E]{}, err
	}
	expected := e.at()
	done, err := r.write(ctx, e, batch, c.req.Patience)
	if err != nil {
		return Outcome[S, E]{}, err
	}
	// Events of one append follow each other. They come first in a stream without
	// events, but not in one that was deleted: that goes on with its numbering.
	first := done.Revision - eventlog.Revision(len(events)-1)
	if first != expected+1 && (expected != eventlog.NoStream || first < 0) {
		e.reset()
		return Outcome[S, E]{}, fmt.Errorf("append events to %s: %w", e.stream, errDisagreeing)
	}
	if expected == eventlog.NoStream {
		e.begins = first
	}
	for i, event := range events {
		r.agg.Apply(&e.state, event)
		if r.isFinal(event) {
			e.end(first + eventlog.Revision(i))
		}
	}
	if c.req.Key != "" {
		r.remember(e, receipt{
			Scope: c.scope, Fingerprint: c.fingerprint,
			First: first, Last: done.Revision, Position: done.Position,
		})
	}
	e.position, e.event = done.Position, batch[len(batch)-1].ID
	e.revision.Store(int64(done.Revision))
	if r.agg.Removed != nil && e.cut() {
		return Outcome[S, E]{}, r.refuseCut(ctx, e)
	}
	r.settled(ctx, e)
	return r.outcome(e, events, done.Position), nil
}

// refuseCut ends a stream that turned out to have been deleted only when something
// was appended to it.
func (r *Repository[S, E]) refuseCut(ctx context.Context, e *entry[S]) error {
	if err := r.end(ctx, e, beginningGone); err != nil {
		return err
	}
	return r.absent(errCut)
}

// write appends until the answer is definite: the same bytes, ids and revision
// each time, so that an append that took place unheard is found again. A caller
// who hangs up does not interrupt it, but ends the repeating; so does a refusal that
// somebody has to mend first.
func (r *Repository[S, E]) write(ctx context.Context, e *entry[S], batch []eventlog.NewEvent, patience time.Duration) (eventlog.Appended, error) {
	limit, cancel := context.WithTimeout(context.WithoutCancel(ctx), max(appendTimeout, patience))
	defer cancel()
	for {
		done, err := r.Log.Append(limit, e.stream, e.at(), batch)
		switch {
		case err == nil:
			return done, nil
		case isConflict(err):
			e.contested = true
			return done, err
		case errors.Is(err, eventlog.ErrTooLarge):
			return done, fault("append events", err)
		case errors.Is(err, eventlog.ErrStreamDeleted):
			e.gone.Store(true)
			r.bury(e)
			return done, r.fault("append events", err)
		case !errors.Is(err, eventlog.ErrUnavailable) || isHopeless(err) || !rest(ctx, limit):
			e.unheard = true
			return done, fault("append events", err)
		}
	}
}

// isHopeless reports whether an error is a refusal that does not pass by itself. A
// store that takes no writes may take them in a moment, under another leader.
func isHopeless(err error) bool {
	refused, is := errors.AsType[*eventlog.RefusedError](err)
	return is && refused.Refusal != eventlog.RefusedWrites
}

func isConflict(err error) bool {
	_, is := errors.AsType[*eventlog.ConflictError](err)
	return is
}

// rest waits before an append is repeated, and reports whether it should be.
func rest(ctx, limit context.Context) bool {
	select {
	case <-time.After(appendPause):
		return limit.Err() == nil
	case <-ctx.Done():
		return false
	case <-limit.Done():
		return false
	}
}

// between reads events of a stream, both ends included. In the place of one that is
// of the store itself there is none.
func (r *Repository[S, E]) between(ctx context.Context, stream string, first, last eventlog.Revision) ([]E, error) {
	n := int(last - first + 1)
	events := make([]E, 0, n)
	for recorded, err := range r.Log.ReadStream(ctx, stream, first, n) {
		if err != nil {
			return nil, r.fault("read events", err)
		}
		if recorded.Revision != first+eventlog.Revision(len(events)) {
			break
		}
		event, _, err := r.understand(recorded)
		if err != nil {
			return nil, err
		}
		events = append(events, event)
	}
	if len(events) != n {
		return nil, fmt.Errorf("read events of %s: %w", stream, errDisagreeing)
	}
	return events, nil
}

// decode reads an event, which must be one of the aggregate's.
func (r *Repository[S, E]) decode(recorded eventlog.Recorded) (E, error) {
	var none E
	event, err := r.registry.Decode(recorded.Type, recorded.Data)
	if err != nil {
		return none, fmt.Errorf("read revision %d of %s: %w", recorded.Revision, recorded.Stream, err)
	}
	own, ok := event.(E)
	if !ok {
		return none, fmt.Errorf("read revision %d of %s: %w: %s", recorded.Revision, recorded.Stream, domain.ErrUnknownType, recorded.Type)
	}
	return own, nil
}
