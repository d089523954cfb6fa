package eventstore

import (
	"context"
	"errors"

	"parley/domain/eventlog"
)

// Follow implements [eventlog.Log].
func (s *Store) Follow(ctx context.Context, after eventlog.Position, prefix string) (eventlog.Subscription, error) {
	if ctx.Err() != nil {
		return nil, unavailable(ctx)
	}
	if s.ctx.Err() != nil {
		return nil, eventlog.ErrClosed
	}
	f := &follower{store: s, prefix: prefix, at: after}
	f.ctx, f.stop = context.WithCancel(s.ctx)
	return f, nil
}

// follower reads from the trunk of its prefix while it is near the head of the
// log, and from a feed of its own while it is not.
type follower struct {
	store  *Store
	prefix string
	ctx    context.Context
	stop   context.CancelFunc

	// What follows belongs to the reader.
	at    eventlog.Position // how far batches have brought it
	live  bool              // the last batch said so
	own   *queue            // what its own feed fills; nil without one
	trunk *ring             // that of the trunk it is a member of; nil without one
	leave func()            // gives up the one or the other
}

// Next implements [eventlog.Subscription].
func (f *follower) Next(ctx context.Context) (eventlog.Batch, error) {
	batch, err := f.next(ctx)
	if err != nil {
		if f.ctx.Err() != nil {
			err = eventlog.ErrClosed
		}
		return eventlog.Batch{}, err
	}
	f.at, f.live = batch.Position, batch.Live
	if f.trunk == nil {
		f.join()
	}
	return batch, nil
}

// next waits for the next batch, wherever it comes from.
func (f *follower) next(ctx context.Context) (eventlog.Batch, error) {
	if f.ctx.Err() != nil {
		return eventlog.Batch{}, eventlog.ErrClosed
	}
	if f.leave == nil {
		f.join()
	}
	if f.trunk != nil {
		batch, err := f.trunk.next(ctx, f)
		if !errors.Is(err, errOverrun) {
			return batch, err
		}
		f.change(nil, nil, nil)
	}
	if f.own == nil {
		f.catchUp()
	}
	return f.own.next(ctx)
}

// join changes to the trunk if that can be.
func (f *follower) join() {
	if trunk, leave := f.store.join(f); trunk != nil {
		f.change(nil, trunk, leave)
	}
}

// catchUp changes to a feed of its own.
func (f *follower) catchUp() {
	ctx, stop := context.WithCancel(f.ctx)
	own := newQueue(f.at)
	f.store.startFeed(ctx, f.prefix, own)
	f.change(own, nil, stop)
}

// change gives up what the follower reads from for something else.
func (f *follower) change(own *queue, trunk *ring, leave func()) {
	if f.leave != nil {
		f.leave()
	}
	f.own, f.trunk, f.leave = own, trunk, leave
}

// Close implements [eventlog.Subscription]. It may be called again. What a waiting
// Next waits for ends with it.
func (f *follower) Close() { f.stop() }
