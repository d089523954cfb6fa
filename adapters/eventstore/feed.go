package eventstore

import (
	"context"
	"sync/atomic"

	"parley/domain/eventlog"
)

// sink takes what pumps bring. A pump whose context has ended can change nothing
// any more, so one pump may follow another.
type sink interface {
	// put adds an event; it fails when the pump's context has ended.
	put(ctx context.Context, e eventlog.Recorded) error
	// pass moves the position over what the filter left out.
	pass(ctx context.Context, p eventlog.Position)
	// setLive says whether the pump has caught up with the log.
	setLive(ctx context.Context, live bool)
	// end says why nothing more will come.
	end(err error)
	// reached is how far pumps have come.
	reached() eventlog.Position
}

// feed fills a sink with $all from where the sink is, through any number of
// connections, for as long as its context lasts.
type feed struct {
	era    *era
	prefix string
	ctx    context.Context // one of the era's
	into   sink
	served atomic.Bool // a pump has caught up since it was last looked at
}

// startFeed starts a feed. In an era that is over it has ended.
func (e *era) startFeed(ctx context.Context, prefix string, into sink) {
	e.store.mu.Lock()
	defer e.store.mu.Unlock()
	if err := context.Cause(e.ctx); err != nil {
		into.end(err)
		return
	}
	e.runFeed(ctx, prefix, into)
}

// runFeed starts a feed. The caller holds the store's mu and knows that the era is
// not over.
func (e *era) runFeed(ctx context.Context, prefix string, into sink) {
	f := &feed{era: e, prefix: prefix, ctx: ctx, into: into}
	e.store.running.Go(f.run)
}

// vainly is how many times in a row a feed may come to nothing before that is said,
// whatever the reason.
const vainly = 3

// run pumps from one connection after the other until the feed is stopped or the
// log is damaged.
func (f *feed) run() {
	for failures := 1; f.ctx.Err() == nil; failures++ {
		before := f.into.reached()
		err := f.pumpOnce()
		f.into.setLive(f.ctx, false)
		reached := f.into.reached()
		if faultOf(err) == damaged {
			f.into.end(damageOf(err, reached))
			return
		}
		if f.served.Swap(false) || reached > before {
			failures = 0
		}
		if failures >= vainly && f.ctx.Err() == nil {
			f.era.store.troubles.meet(subscribing, reason(subscribing, err))
		}
		pause(f.ctx, failures)
	}
	f.into.end(ended(f.ctx))
}

// ended is why a feed has ended: its owner stopped it, or its era is over.
func ended(ctx context.Context) error {
	if cause := context.Cause(ctx); cause != context.Canceled {
		return cause
	}
	return eventlog.ErrClosed
}

// pumpOnce fills the sink from one line until that ends. It does not wait for a
// client that ignores its context: the sink refuses a pump left behind.
func (f *feed) pumpOnce() error {
	s := f.era.store
	l, err := s.borrow(f.ctx, f.era)
	if err != nil {
		return err
	}
	pumping, cancel := context.WithCancel(f.ctx)
	defer cancel()
	defer context.AfterFunc(l.ctx, cancel)()
	p := pump{feed: f, line: l, position: f.into.reached()}
	ended := make(chan error, 1)
	go func() {
		defer l.leave()
		_, err := guarded(pumping, l.client, p.run)
		ended <- err
	}()
	select {
	case err = <-ended:
		s.learn(pumping, l, err)
		s.note(pumping, l, subscribing, err)
		return err
	case <-pumping.Done():
		return context.Cause(pumping)
	}
}
