package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strconv"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
)

// catchUpThrough reads the log through the official client, once as a read and
// once as a subscription.
func (l *lab) catchUpThrough(ctx context.Context) (table, error) {
	t := table{
		title: "Catch-up · with all events, through the official client",
		note: fmt.Sprintf("The same %d events, read and subscribed to by one official client. CANNED is the same client fed by a server that has every message encoded beforehand and reads nothing. Times are those of %d events.",
			l.run.Events, readingPage),
	}
	node, err := l.node(catchUpFolder)
	if err != nil {
		return t, err
	}
	self, err := os.Executable()
	if err != nil {
		return t, fmt.Errorf("find this program: %w", err)
	}
	canned, err := l.start(exec.Command(self, "canned", strconv.Itoa(l.run.Events)))
	if err != nil {
		return t, err
	}
	for _, way := range []struct {
		what string
		open func(context.Context, *esdb.Client, int) (receiver, error)
	}{{"ReadAll", readAll}, {"SubscribeToAll", subscribeToAll}} {
		const served, ready = "event store", "CANNED"
		var contenders []contender
		for name, address := range map[string]string{served: node, ready: canned} {
			client, err := l.client(address)
			if err != nil {
				return t, err
			}
			contenders = append(contenders, receiving(name, l.run.Events, func(ctx context.Context) (receiver, error) {
				return way.open(ctx, client, l.run.Events)
			}))
		}
		laps, err := l.race(ctx, 1, contenders...)
		if err != nil {
			return t, err
		}
		t.compare(way.what+", events/s", times(laps[served], readingPage), times(laps[ready], readingPage), ready, catchUpThroughClient)
	}
	return t, nil
}

// receiver hands out the next event and can be closed.
type receiver struct {
	next  func() error
	close func()
}

// receiving receives events, and begins again once it has had them all. What is
// open when a lap ends is closed with it.
func receiving(name string, events int, open func(context.Context) (receiver, error)) contender {
	var from receiver
	left := 0
	return contender{
		name: name,
		open: func(int) (step, error) {
			return func(ctx context.Context) (err error) {
				if left == 0 {
					if from.close != nil {
						from.close()
					}
					// It outlives the step, so the step's context is not for it.
					if from, err = open(context.WithoutCancel(ctx)); err != nil {
						return err
					}
					left = events
				}
				for range readingPage {
					if err := from.next(); err != nil {
						return err
					}
				}
				left -= readingPage
				return nil
			}, nil
		},
		rest: func(context.Context) error {
			from.close()
			from, left = receiver{}, 0
			return nil
		},
	}
}

// readAll reads all events once.
func readAll(ctx context.Context, client *esdb.Client, events int) (receiver, error) {
	read, err := client.ReadAll(ctx, esdb.ReadAllOptions{From: esdb.Start{}}, uint64(events))
	if err != nil {
		return receiver{}, err
	}
	return receiver{close: read.Close, next: func() error {
		_, err := read.Recv()
		return err
	}}, nil
}

// subscribeToAll subscribes to all events from the first on.
func subscribeToAll(ctx context.Context, client *esdb.Client, _ int) (receiver, error) {
	sub, err := client.SubscribeToAll(ctx, esdb.SubscribeToAllOptions{From: esdb.Start{}})
	if err != nil {
		return receiver{}, err
	}
	return receiver{close: func() { _ = sub.Close() }, next: func() error { return nextEvent(sub) }}, nil
}

// nextEvent waits for the next event of a subscription.
func nextEvent(sub *esdb.Subscription) error {
	for {
		got := sub.Recv()
		if got.SubscriptionDropped != nil {
			return fmt.Errorf("the subscription was dropped: %w", got.SubscriptionDropped.Error)
		}
		if got.EventAppeared != nil {
			return nil
		}
	}
}
