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

// append writes the events behind the entry's revision and folds them. A
// *eventlog.ConflictError is returned as it is.
func (r *Repository[S, E]) append(ctx context.Context, e *entry[S], c *command[S, E], events []E) (Outcome[S, E], error) {
	batch, err := c.encode(events)
	if err != nil {
		return Outcome[S, E]{}, err
	}
	first := e.at() + 1
	done, err := r.write(ctx, e, batch, c.req.Patience)
	if err != nil {
		return Outcome[S, E]{}, err
	}
	if done.Revision != e.at()+eventlog.Revision(len(events)) {
		e.reset()
		return Outcome[S, E]{}, fmt.Errorf("append events to %s: %w", e.stream, errDisagreeing)
	}
	if e.doubtful {
		return r.reread(ctx, e, first, done)
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
	r.settled(ctx, e)
	return r.outcome(e, events, done.Position), nil
}

// write appends until the answer is definite: the same bytes, ids and revision
// each time, so that an append that took place unheard is found again. A caller
// who hangs up does not interrupt it, but ends the repeating.
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
		case !errors.Is(err, eventlog.ErrUnavailable) || !rest(ctx, limit):
			e.doubtful = true
			return done, fault("append events", err)
		}
	}
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

// reread takes what an append stored from the log. After one whose outcome
// stayed unknown, the next may have found its events there, with the same ids
// and another clock, so what was decided now is not what is stored.
func (r *Repository[S, E]) reread(ctx context.Context, e *entry[S], first eventlog.Revision, done eventlog.Appended) (Outcome[S, E], error) {
	e.reset()
	e.doubtful = false
	if _, err := r.load(ctx, e, true); err != nil {
		return Outcome[S, E]{}, err
	}
	events, err := r.between(ctx, e.stream, first, done.Revision)
	if err != nil {
		return Outcome[S, E]{}, err
	}
	return r.outcome(e, events, done.Position), nil
}

// between reads events of a stream, both ends included.
func (r *Repository[S, E]) between(ctx context.Context, stream string, first, last eventlog.Revision) ([]E, error) {
	n := int(last - first + 1)
	events := make([]E, 0, n)
	for recorded, err := range r.Log.ReadStream(ctx, stream, first, n) {
		if err != nil {
			return nil, fault("read events", err)
		}
		event, err := r.decode(recorded)
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
