// Package replacedtest has an event log that a test replaces by another one while
// it is in use, as an operator does who puts an older copy into its place. The logs
// themselves are real ones.
package replacedtest

import (
	"context"
	"iter"
	"sync"
	"sync/atomic"

	"parley/domain/eventlog"
)

// Log is an event log in whose place another one can be put. It counts what it is
// asked.
type Log struct {
	calls    atomic.Int64
	followed chan struct{} // has one for each who came to follow

	mu     sync.Mutex
	now    *reign
	forget []func()
}

// reign is the time of one log.
type reign struct {
	log   eventlog.Log
	begun chan struct{} // closed once it answers
	over  context.Context
	end   context.CancelFunc
}

func newReign(log eventlog.Log) *reign {
	r := &reign{log: log, begun: make(chan struct{})}
	r.over, r.end = context.WithCancel(context.Background())
	return r
}

// New returns a log that is the first one until it is replaced.
func New(first eventlog.Log) *Log {
	l := &Log{now: newReign(first), followed: make(chan struct{}, 1<<10)}
	close(l.now.begun)
	return l
}

// Replace puts another log into the place of the present one, in the order that
// the port promises.
func (l *Log) Replace(by eventlog.Log) {
	next := newReign(by)
	l.mu.Lock()
	former, forget := l.now, l.forget
	l.now = next
	l.mu.Unlock()
	former.end()
	for _, f := range forget {
		f()
	}
	close(next.begun)
}

// Calls returns how often the log was asked for something, or followed.
func (l *Log) Calls() int64 { return l.calls.Load() }

// AwaitFollower returns when one more has come to follow the log.
func (l *Log) AwaitFollower() { <-l.followed }

// OnReplaced implements [eventlog.Log].
func (l *Log) OnReplaced(forget func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.forget = append(l.forget, forget)
}

// enter returns the log that answers, with a context that ends with it.
func (l *Log) enter(ctx context.Context) (r *reign, bounded context.Context, leave func(), err error) {
	l.calls.Add(1)
	l.mu.Lock()
	r = l.now
	l.mu.Unlock()
	select {
	case <-r.begun:
	case <-ctx.Done():
		return nil, nil, nil, ctx.Err()
	}
	bounded, cancel := context.WithCancel(ctx)
	stop := context.AfterFunc(r.over, cancel)
	return r, bounded, func() { stop(); cancel() }, nil
}

// outcome is ErrLogChanged for whatever a log said that was replaced meanwhile.
func (r *reign) outcome(err error) error {
	if r.over.Err() != nil {
		return eventlog.ErrLogChanged
	}
	return err
}

// asked is one call.
func asked[T any](ctx context.Context, l *Log, ask func(context.Context, eventlog.Log) (T, error)) (answer T, err error) {
	r, bounded, leave, err := l.enter(ctx)
	if err != nil {
		return answer, err
	}
	defer leave()
	answer, err = ask(bounded, r.log)
	return answer, r.outcome(err)
}

// Append implements [eventlog.Log].
func (l *Log) Append(ctx context.Context, stream string, expected eventlog.Revision, events []eventlog.NewEvent) (eventlog.Appended, error) {
	return asked(ctx, l, func(ctx context.Context, log eventlog.Log) (eventlog.Appended, error) {
		return log.Append(ctx, stream, expected, events)
	})
}

// At implements [eventlog.Log].
func (l *Log) At(ctx context.Context, position eventlog.Position) (eventlog.Recorded, error) {
	return asked(ctx, l, func(ctx context.Context, log eventlog.Log) (eventlog.Recorded, error) { return log.At(ctx, position) })
}

// End implements [eventlog.Log].
func (l *Log) End(ctx context.Context) (eventlog.Position, error) {
	return asked(ctx, l, func(ctx context.Context, log eventlog.Log) (eventlog.Position, error) { return log.End(ctx) })
}

// Truncate implements [eventlog.Log].
func (l *Log) Truncate(ctx context.Context, stream string, before eventlog.Revision) error {
	_, err := asked(ctx, l, func(ctx context.Context, log eventlog.Log) (struct{}, error) {
		return struct{}{}, log.Truncate(ctx, stream, before)
	})
	return err
}

// Trouble implements [eventlog.Log].
func (l *Log) Trouble() eventlog.Trouble { return eventlog.Trouble{} }

// ReadStream implements [eventlog.Log].
func (l *Log) ReadStream(ctx context.Context, stream string, from eventlog.Revision, limit int) iter.Seq2[eventlog.Recorded, error] {
	return l.read(ctx, func(ctx context.Context, log eventlog.Log) iter.Seq2[eventlog.Recorded, error] {
		return log.ReadStream(ctx, stream, from, limit)
	})
}

// ReadAll implements [eventlog.Log].
func (l *Log) ReadAll(ctx context.Context, after eventlog.Position, prefix string, limit int) iter.Seq2[eventlog.Recorded, error] {
	return l.read(ctx, func(ctx context.Context, log eventlog.Log) iter.Seq2[eventlog.Recorded, error] {
		return log.ReadAll(ctx, after, prefix, limit)
	})
}

func (l *Log) read(ctx context.Context, read func(context.Context, eventlog.Log) iter.Seq2[eventlog.Recorded, error]) iter.Seq2[eventlog.Recorded, error] {
	return func(yield func(eventlog.Recorded, error) bool) {
		r, bounded, leave, err := l.enter(ctx)
		if err != nil {
			yield(eventlog.Recorded{}, err)
			return
		}
		defer leave()
		for e, err := range read(bounded, r.log) {
			if err := r.outcome(err); err != nil {
				yield(eventlog.Recorded{}, err)
				return
			}
			if !yield(e, nil) {
				return
			}
		}
		if err := r.outcome(nil); err != nil {
			yield(eventlog.Recorded{}, err)
		}
	}
}

// Follow implements [eventlog.Log].
func (l *Log) Follow(ctx context.Context, after eventlog.Position, prefix string) (eventlog.Subscription, error) {
	l.calls.Add(1)
	defer func() { l.followed <- struct{}{} }()
	l.mu.Lock()
	r := l.now
	l.mu.Unlock()
	sub, err := r.log.Follow(ctx, after, prefix)
	return &subscription{sub, r}, err
}

// subscription ends with its log.
type subscription struct {
	eventlog.Subscription
	reign *reign
}

// Next implements [eventlog.Subscription].
func (s *subscription) Next(ctx context.Context) (eventlog.Batch, error) {
	select {
	case <-s.reign.begun:
	case <-ctx.Done():
		return eventlog.Batch{}, ctx.Err()
	}
	bounded, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(s.reign.over, cancel)()
	batch, err := s.Subscription.Next(bounded)
	if err = s.reign.outcome(err); err != nil {
		return eventlog.Batch{}, err
	}
	return batch, nil
}
