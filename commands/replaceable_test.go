package commands_test

import (
	"context"
	"iter"
	"sync"

	"parley/domain/eventlog"
)

// replaceable is a log in whose place another one can be put. As at a real store,
// what was under way then fails, and nothing is answered before the old log is
// forgotten.
type replaceable struct {
	eventlog.Log // the first one

	mu     sync.RWMutex
	now    *reign
	forget []func()
}

// reign is the time of one log.
type reign struct {
	eventlog.Log
	over context.Context
	end  context.CancelFunc
}

func newReign(log eventlog.Log) *reign {
	r := &reign{Log: log}
	r.over, r.end = context.WithCancel(context.Background())
	return r
}

func newReplaceable(log eventlog.Log) *replaceable {
	return &replaceable{Log: log, now: newReign(log)}
}

// OnReplaced implements [eventlog.Log].
func (l *replaceable) OnReplaced(forget func()) { l.forget = append(l.forget, forget) }

// replace puts another log in the place of the present one.
func (l *replaceable) replace(by eventlog.Log) {
	l.now.end()
	l.mu.Lock() // whoever calls from here on waits
	defer l.mu.Unlock()
	for _, forget := range l.forget {
		forget()
	}
	l.now = newReign(by)
}

// enter waits for the log of the present, and returns what ends a call of it.
func (l *replaceable) enter(ctx context.Context) (r *reign, bound context.Context, told func(error) error, err error) {
	for !l.mu.TryRLock() {
		if ctx.Err() != nil {
			return nil, nil, nil, ctx.Err()
		}
	}
	defer l.mu.RUnlock()
	r = l.now
	bound, cancel := context.WithCancel(ctx)
	context.AfterFunc(r.over, cancel)
	return r, bound, func(err error) error {
		defer cancel()
		if r.over.Err() != nil {
			return eventlog.ErrLogChanged
		}
		return err
	}, nil
}

func (l *replaceable) Append(ctx context.Context, stream string, expected eventlog.Revision, events []eventlog.NewEvent) (eventlog.Appended, error) {
	r, ctx, told, err := l.enter(ctx)
	if err != nil {
		return eventlog.Appended{}, err
	}
	done, err := r.Append(ctx, stream, expected, events)
	return done, told(err)
}

func (l *replaceable) ReadStream(ctx context.Context, stream string, from eventlog.Revision, limit int) iter.Seq2[eventlog.Recorded, error] {
	return l.reading(ctx, func(ctx context.Context, log eventlog.Log) iter.Seq2[eventlog.Recorded, error] {
		return log.ReadStream(ctx, stream, from, limit)
	})
}

func (l *replaceable) ReadAll(ctx context.Context, after eventlog.Position, prefix string, limit int) iter.Seq2[eventlog.Recorded, error] {
	return l.reading(ctx, func(ctx context.Context, log eventlog.Log) iter.Seq2[eventlog.Recorded, error] {
		return log.ReadAll(ctx, after, prefix, limit)
	})
}

func (l *replaceable) reading(ctx context.Context, read func(context.Context, eventlog.Log) iter.Seq2[eventlog.Recorded, error]) iter.Seq2[eventlog.Recorded, error] {
	return func(yield func(eventlog.Recorded, error) bool) {
		r, ctx, told, err := l.enter(ctx)
		if err != nil {
			yield(eventlog.Recorded{}, err)
			return
		}
		for e, err := range read(ctx, r.Log) {
			if r.over.Err() != nil {
				yield(eventlog.Recorded{}, eventlog.ErrLogChanged)
				return
			}
			if !yield(e, err) {
				break
			}
		}
		_ = told(nil)
	}
}

func (l *replaceable) End(ctx context.Context) (eventlog.Position, error) {
	r, ctx, told, err := l.enter(ctx)
	if err != nil {
		return eventlog.Start, err
	}
	end, err := r.End(ctx)
	return end, told(err)
}

func (l *replaceable) Follow(ctx context.Context, after eventlog.Position, prefix string) (eventlog.Subscription, error) {
	r, ctx, _, err := l.enter(ctx)
	if err != nil {
		return nil, err
	}
	sub, err := r.Follow(ctx, after, prefix)
	return &reigning{sub, r}, err
}

// reigning is a subscription to the log of one reign.
type reigning struct {
	eventlog.Subscription
	of *reign
}

func (s *reigning) Next(ctx context.Context) (eventlog.Batch, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(s.of.over, cancel)()
	batch, err := s.Subscription.Next(ctx)
	if s.of.over.Err() != nil {
		return eventlog.Batch{}, eventlog.ErrLogChanged
	}
	return batch, err
}
