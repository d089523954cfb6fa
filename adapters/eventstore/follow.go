package eventstore

import (
	"context"
	"errors"

	"parley/domain/eventlog"
)

// Follow implements [eventlog.Log].
func (s *Store) Follow(ctx context.Context, after eventlog.Position, prefix string) (eventlog.Subscription, error) {
	if ctx.Err() != nil {
		return nil, s.unavailable(ctx)
	}
	e := s.present()
	if err := context.Cause(e.ctx); err != nil {
		return nil, err
	}
	f := &follower{era: e, prefix: prefix, at: after}
	f.ctx, f.stop = context.WithCancelCause(e.ctx)
	return f, nil
}

// follower reads from the trunk of its prefix while it is near the head of the
// log, and from a feed of its own while it is not.
type follower struct {
	era    *era
	prefix string
	ctx    context.Context // ends with ErrClosed or ErrLogChanged
	stop   context.CancelCauseFunc

	// What follows belongs to the reader.
	begun bool              // its position is one of the log's
	due   eventlog.Position // where the log ended then: it is live only when it has passed it
	at    eventlog.Position // how far batches have brought it
	live  bool              // the last batch said so
	own   *queue            // what its own feed fills; nil without one
	trunk *ring             // that of the trunk it is a member of; nil without one
	leave func()            // gives up the one or the other
}

// Next implements [eventlog.Subscription].
func (f *follower) Next(ctx context.Context) (eventlog.Batch, error) {
	batch, err := f.next(ctx)
	if over := context.Cause(f.ctx); over != nil {
		return eventlog.Batch{}, over
	}
	if err != nil {
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
	if err := f.begin(ctx); err != nil {
		return eventlog.Batch{}, err
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

// begin checks, the first time, that the position is one of the log's, and asks
// where the log ends. It goes on until it knows, whatever is refused meanwhile.
func (f *follower) begin(ctx context.Context) error {
	if f.begun {
		return nil
	}
	asking, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(f.ctx, cancel)()
	for failures := 1; ; failures++ {
		err := f.ask(asking)
		switch {
		case err == nil:
			f.begun = true
			return nil
		case ctx.Err() != nil:
			return ctx.Err()
		case faultOf(err) == nowhere, faultOf(err) == damaged:
			return final(readingAll, err)
		case f.ctx.Err() != nil:
			return context.Cause(f.ctx)
		}
		pause(asking, failures)
	}
}

// ask asks the server what a follower must know before it begins. Damage at the
// log's end is for who gets there.
func (f *follower) ask(ctx context.Context) (err error) {
	if err = f.era.check(ctx, f.at); err != nil {
		return err
	}
	if f.due, err = f.era.endNow(ctx); faultOf(err) == damaged {
		return nil
	}
	return err
}

// join changes to the trunk if that can be.
func (f *follower) join() {
	if trunk, leave := f.era.join(f); trunk != nil {
		f.change(nil, trunk, leave)
	}
}

// catchUp changes to a feed of its own.
func (f *follower) catchUp() {
	ctx, stop := context.WithCancel(f.ctx)
	own := newQueue(f.at)
	f.era.startFeed(ctx, f.prefix, own)
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
func (f *follower) Close() { f.stop(eventlog.ErrClosed) }
