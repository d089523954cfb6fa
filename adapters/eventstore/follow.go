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

// Follow implements [eventlog.Log].
func (s *Store) Follow(ctx context.Context, after eventlog.Position, prefix string) (eventlog.Subscription, error) {
	if ctx.Err() != nil {
		return nil, unavailable(ctx)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ctx.Err() != nil {
		return nil, eventlog.ErrClosed
	}
	following, stop := context.WithCancel(s.ctx)
	sub := &subscription{store: s, prefix: prefix, ctx: following, stop: stop, queue: newQueue(after)}
	s.running.Go(sub.run)
	return sub, nil
}

// subscription follows $all through any number of connections.
type subscription struct {
	store  *Store
	prefix string
	ctx    context.Context
	stop   context.CancelFunc
	queue  *queue
}

// Next implements [eventlog.Subscription].
func (s *subscription) Next(ctx context.Context) (eventlog.Batch, error) {
	if s.ctx.Err() != nil {
		return eventlog.Batch{}, eventlog.ErrClosed
	}
	return s.queue.next(ctx)
}

// Close implements [eventlog.Subscription]. It may be called again.
func (s *subscription) Close() {
	s.stop()
	s.queue.end(eventlog.ErrClosed)
}

// run pumps from one connection after the other until the subscription is
// closed or the log is damaged.
func (s *subscription) run() {
	for failures := 1; s.ctx.Err() == nil; failures++ {
		before := s.queue.reached()
		err := s.pumpOnce()
		reached := s.queue.reached()
		if faultOf(err) == damaged {
			s.queue.end(damageOf(err, reached))
			return
		}
		if reached > before {
			failures = 0
		}
		if failures == 1 && s.ctx.Err() == nil {
			s.store.log.Warn("event store subscription dropped", slog.Any("error", err), slog.Uint64("position", uint64(reached)))
		}
		pause(s.ctx, failures)
	}
	s.queue.end(eventlog.ErrClosed)
}

// pumpOnce fills the queue from one line until that ends. It does not wait for
// a client that ignores its context: the queue refuses a pump left behind.
func (s *subscription) pumpOnce() error {
	l, err := s.store.borrow(s.ctx)
	if err != nil {
		return err
	}
	pumping, cancel := context.WithCancel(s.ctx)
	defer cancel()
	defer context.AfterFunc(l.ctx, cancel)()
	p := pump{line: l, queue: s.queue, prefix: s.prefix, position: s.queue.reached()}
	ended := make(chan error, 1)
	go func() {
		defer l.leave()
		_, err := guarded(pumping, l.client, p.run)
		ended <- err
	}()
	select {
	case err = <-ended:
		s.store.learn(pumping, l, err)
		return err
	case <-pumping.Done():
		return context.Cause(pumping)
	}
}

// pump moves messages of one server subscription into a queue.
type pump struct {
	line     *line
	queue    *queue
	prefix   string
	position eventlog.Position
}

// run subscribes behind the pump's position and pumps until the subscription
// drops.
func (p *pump) run(ctx context.Context, client *esdb.Client) (struct{}, error) {
	p.queue.setLive(ctx, false)
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

// take puts one message into the queue.
func (p *pump) take(ctx context.Context, message *esdb.SubscriptionEvent) error {
	switch {
	case message.EventAppeared != nil:
		e := recorded(message.EventAppeared.OriginalEvent())
		if e.Position <= p.position {
			return nil
		}
		p.position = e.Position
		return p.queue.put(ctx, e)
	case message.CheckPointReached != nil:
		p.queue.pass(ctx, eventlog.Position(message.CheckPointReached.Commit))
	case message.CaughtUp != nil:
		p.queue.setLive(ctx, true)
	case message.FellBehind != nil:
		p.queue.setLive(ctx, false)
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
