package eventstore

import (
	"context"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"

	"parley/domain/eventlog"
)

// How a server searches: a window is how many events it considers before it may say
// how far it has come, and it says so after so many windows. A word costs a message
// and only saves events to be considered again after a break.
const (
	searchWindow = 500
	seldom       = 20
	rarely       = 4_000_000 // × searchWindow must be below 2^31
)

// pump moves messages of one server subscription into a sink.
type pump struct {
	*feed
	line     *line
	position eventlog.Position
	end      eventlog.Position // of the log before the subscription began
}

// run subscribes behind the pump's position and pumps until the subscription
// drops.
func (p *pump) run(ctx context.Context, client *esdb.Client) (_ struct{}, err error) {
	if p.end, err = p.era.readEnd(ctx, client); err != nil && faultOf(err) != damaged {
		return struct{}{}, err
	}
	sub, err := client.SubscribeToAll(ctx, subscribeOptions(allPosition(p.position), p.prefix, seldom))
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

// take puts one message into the sink. When the server has caught up it has passed
// what was the end before it began, whether or not it says so.
func (p *pump) take(ctx context.Context, message *esdb.SubscriptionEvent) error {
	switch {
	case message.EventAppeared != nil:
		e := recorded(message.EventAppeared.OriginalEvent())
		if e.Position <= p.position {
			return nil
		}
		p.position = e.Position
		p.era.saw(&e)
		return p.into.put(ctx, e)
	case message.CheckPointReached != nil:
		p.pass(ctx, eventlog.Position(message.CheckPointReached.Commit))
	case message.CaughtUp != nil:
		p.served.Store(true)
		p.era.store.troubles.works(subscribing)
		p.pass(ctx, p.end)
		p.into.setLive(ctx, true)
	case message.FellBehind != nil:
		p.into.setLive(ctx, false)
	}
	return nil
}

// pass moves the sink's position over what the server has searched.
func (p *pump) pass(ctx context.Context, to eventlog.Position) {
	if to > p.into.reached() {
		p.era.known.add(to)
		p.into.pass(ctx, to)
	}
}

// subscribeOptions asks for what is behind a place and has the prefix, and how
// often the server says how far it has come.
func subscribeOptions(after esdb.AllPosition, prefix string, windows int) esdb.SubscribeToAllOptions {
	options := esdb.SubscribeToAllOptions{From: after}
	if prefix != "" {
		options.Filter = &esdb.SubscriptionFilter{Type: esdb.StreamFilterType, Prefixes: []string{prefix}}
		options.MaxSearchWindow = searchWindow
		options.CheckpointInterval = windows
	}
	return options
}
