package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/google/uuid"
)

// deliveryP50 is the bar of delivery.
const deliveryP50 = 2 * time.Millisecond

// delayOfDelivery measures how long after its append was acknowledged an event
// has arrived at another official client's subscription, on an idle store.
func (l *lab) delayOfDelivery(ctx context.Context) ([]table, error) {
	address, err := l.node("node-delivery")
	if err != nil {
		return nil, err
	}
	appender, err := l.client(address)
	if err != nil {
		return nil, err
	}
	watcher, err := l.client(address)
	if err != nil {
		return nil, err
	}
	sub, err := watcher.SubscribeToAll(ctx, esdb.SubscribeToAllOptions{From: esdb.Start{}})
	if err != nil {
		return nil, err
	}
	arrived := arrivals(sub)
	defer func() {
		_ = sub.Close()
		for range arrived {
		}
	}()
	var acknowledged, called []time.Duration
	for range l.run.samples() {
		a, c, err := deliver(ctx, appender, arrived)
		if err != nil {
			return nil, err
		}
		acknowledged, called = append(acknowledged, a), append(called, c)
		if err := pause(ctx, pauseBetween); err != nil {
			return nil, err
		}
	}
	return []table{deliveryTable(acknowledged, called)}, nil
}

func deliveryTable(acknowledged, called []time.Duration) table {
	slices.Sort(acknowledged)
	slices.Sort(called)
	t := table{
		title: "Delivery · to a subscription, idle event store",
		note: fmt.Sprintf("%d events of %d bytes, one at a time, appended by one official client and received by a subscription to all events of another. An event that arrives before its append is acknowledged counts as 0 there.",
			len(called), payloadBytes),
	}
	t.atMost("acknowledged → received, p50", quantile(acknowledged, .5), deliveryP50)
	t.atMost("acknowledged → received, p99", quantile(acknowledged, .99), 0)
	t.atMost("append called → received, p50", quantile(called, .5), 0)
	t.atMost("append called → received, p99", quantile(called, .99), 0)
	return t
}

// arrival is an event and when it came.
type arrival struct {
	id uuid.UUID
	at time.Time
}

// arrivals hands out what a subscription receives until it is dropped.
func arrivals(sub *esdb.Subscription) <-chan arrival {
	arrived := make(chan arrival, 1024)
	go func() {
		defer close(arrived)
		for {
			got := sub.Recv()
			if got.SubscriptionDropped != nil {
				return
			}
			if got.EventAppeared != nil {
				arrived <- arrival{got.EventAppeared.OriginalEvent().EventID, time.Now()}
			}
		}
	}()
	return arrived
}

// deliver appends an event and returns how long after the acknowledgement, and
// after the call, it has arrived.
func deliver(ctx context.Context, client *esdb.Client, arrived <-chan arrival) (acknowledged, called time.Duration, err error) {
	event := esdb.EventData{EventID: uuid.New(), EventType: eventType, ContentType: esdb.ContentTypeJson, Data: payload()}
	began := time.Now()
	if _, err := client.AppendToStream(ctx, "bench-delivery", esdb.AppendToStreamOptions{ExpectedRevision: esdb.Any{}}, event); err != nil {
		return 0, 0, err
	}
	known := time.Now()
	for {
		select {
		case a, open := <-arrived:
			if !open {
				return 0, 0, errors.New("the subscription was dropped")
			}
			if a.id == event.EventID {
				return max(0, a.at.Sub(known)), a.at.Sub(began), nil
			}
		case <-time.After(stepTimeout):
			return 0, 0, errors.New("the event did not arrive")
		case <-ctx.Done():
			return 0, 0, ctx.Err()
		}
	}
}
