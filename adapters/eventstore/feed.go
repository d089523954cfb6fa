package eventstore

import (
	"context"
	"log/slog"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"

	"parley/domain/eventlog"
)

// How often a filtered subscription reports a checkpoint: after every
// searchWindow × checkpointWindows events considered. They cost a message each and
// only matter where many events are filtered out.
const (
	searchWindow      = 500
	checkpointWindows = 4
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
	store  *Store
	prefix string
	ctx    context.Context
	into   sink
}

// startFeed starts a feed. In a store that is closed it has ended.
func (s *Store) startFeed(ctx context.Context, prefix string, into sink) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ctx.Err() != nil {
		into.end(eventlog.ErrClosed)
		return
	}
	s.runFeed(ctx, prefix, into)
}

// runFeed starts a feed. The caller holds mu and knows that the store is open.
func (s *Store) runFeed(ctx context.Context, prefix string, into sink) {
	f := &feed{store: s, prefix: prefix, ctx: ctx, into: into}
	s.running.Go(f.run)
}

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
		if reached > before {
			failures = 0
		}
		if failures == 1 && f.ctx.Err() == nil {
			f.store.log.Warn("event store subscription dropped", slog.Any("error", err), slog.Uint64("position", uint64(reached)))
		}
		pause(f.ctx, failures)
	}
	f.into.end(eventlog.ErrClosed)
}

// pumpOnce fills the sink from one line until that ends. It does not wait for a
// client that ignores its context: the sink refuses a pump left behind.
func (f *feed) pumpOnce() error {
	l, err := f.store.borrow(f.ctx)
	if err != nil {
		return err
	}
	pumping, cancel := context.WithCancel(f.ctx)
	defer cancel()
	defer context.AfterFunc(l.ctx, cancel)()
	p := pump{line: l, into: f.into, prefix: f.prefix, position: f.into.reached()}
	ended := make(chan error, 1)
	go func() {
		defer l.leave()
		_, err := guarded(pumping, l.client, p.run)
		ended <- err
	}()
	select {
	case err = <-ended:
		f.store.learn(pumping, l, err)
		return err
	case <-pumping.Done():
		return context.Cause(pumping)
	}
}

// pump moves messages of one server subscription into a sink.
type pump struct {
	line     *line
	into     sink
	prefix   string
	position eventlog.Position
}

// run subscribes behind the pump's position and pumps until the subscription
// drops.
func (p *pump) run(ctx context.Context, client *esdb.Client) (struct{}, error) {
	sub, err := client.SubscribeToAll(ctx, subscribeOptions(p.position, p.prefix))
	if err != nil {
		return struct{}{}, err
	}
	defer func() { _ = sub.Close() }() // it always returns nil
	for {
		message := sub.Recv()
		if message.SubscriptionDropped != nil {
			return struct{}{}, message.SubscriptionDropped.Error
		}
		p.line.hear()
		if err := p.take(ctx, message); err != nil {
			return struct{}{}, err
		}
	}
}

// take puts one message into the sink.
func (p *pump) take(ctx context.Context, message *esdb.SubscriptionEvent) error {
	switch {
	case message.EventAppeared != nil:
		e := recorded(message.EventAppeared.OriginalEvent())
		if e.Position <= p.position {
			return nil
		}
		p.position = e.Position
		return p.into.put(ctx, e)
	case message.CheckPointReached != nil:
		p.into.pass(ctx, eventlog.Position(message.CheckPointReached.Commit))
	case message.CaughtUp != nil:
		p.into.setLive(ctx, true)
	case message.FellBehind != nil:
		p.into.setLive(ctx, false)
	}
	return nil
}

// subscribeOptions asks for what is behind a position and has the prefix.
func subscribeOptions(after eventlog.Position, prefix string) esdb.SubscribeToAllOptions {
	options := esdb.SubscribeToAllOptions{From: allPosition(after)}
	if prefix != "" {
		options.Filter = &esdb.SubscriptionFilter{Type: esdb.StreamFilterType, Prefixes: []string{prefix}}
		options.MaxSearchWindow = searchWindow
		options.CheckpointInterval = checkpointWindows
	}
	return options
}
