package eventstore

import (
	"context"
	"fmt"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
)

// operation is one use of a client.
type operation[T any] func(ctx context.Context, client *esdb.Client) (T, error)

// ask performs an operation that may be performed again, until its answer is
// definite, the context ends, or the era.
func ask[T any](ctx context.Context, e *era, c call, op operation[T]) (T, error) {
	return askWithin(ctx, e, c, e.store.config.CallTimeout, op)
}

// askWithin is ask with a limit for each attempt.
func askWithin[T any](ctx context.Context, e *era, c call, limit time.Duration, op operation[T]) (T, error) {
	var zero T
	var last error
	for failures := 1; ; failures++ {
		l, err := e.store.borrow(ctx, e)
		if err != nil {
			if last != nil {
				err = unknown(c, err, last)
			}
			return zero, err
		}
		got, err := attempt(ctx, e.store, l, limit, op)
		if replaced := e.replaced(); replaced != nil {
			return zero, replaced
		}
		if last == nil || faultOf(err) != silent { // that nothing came again says less
			last = e.store.note(ctx, l, c, err)
		}
		if faultOf(err).definite() {
			return got, err
		}
		pause(ctx, failures)
	}
}

// note draws from the result of a call on a line whether the store does what it is
// asked for, and returns it with what is known besides. That a caller would not wait
// says nothing.
func (s *Store) note(ctx context.Context, l *line, c call, err error) error {
	if faultOf(err) == silent && ctx.Err() != nil {
		return err
	}
	if c == appending || c == truncating {
		err = s.stalled.note(l, err)
	}
	s.troubles.note(c, err)
	return err
}

// outcome is what an operation came to.
type outcome[T any] struct {
	value T
	err   error
}

// attempt performs an operation once on a line that the caller has entered; it
// leaves the line when the client has let the operation go, which may be later
// than attempt returns.
func attempt[T any](ctx context.Context, s *Store, l *line, limit time.Duration, op operation[T]) (T, error) {
	bounded, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	defer context.AfterFunc(l.ctx, cancel)()
	done := make(chan outcome[T], 1)
	go func() {
		defer l.leave()
		var o outcome[T]
		o.value, o.err = guarded(bounded, l.client, op)
		done <- o
	}()
	var o outcome[T]
	select {
	case o = <-done:
	case <-bounded.Done():
		o.err = fmt.Errorf("%w: %w", errNoAnswer, context.Cause(bounded))
	}
	s.learn(ctx, l, o.err)
	return o.value, o.err
}

// learn draws from a result what it says about the line.
func (s *Store) learn(ctx context.Context, l *line, err error) {
	switch f := faultOf(err); {
	case f.definite():
		l.hear()
	case f == broken:
		s.lose(l, err)
	case f == silent && ctx.Err() == nil:
		s.doubt(l)
	}
}

// guarded turns a panic into an error: the client panics on an answer that it
// does not know.
func guarded[T any](ctx context.Context, client *esdb.Client, op operation[T]) (value T, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%w: %v", errPanicked, r)
		}
	}()
	return op(ctx, client)
}
