package transport_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"

	"parley/adapters/eventnode/transport"
)

func TestStop_ends_subscriptions(t *testing.T) {
	t.Parallel()
	f := serve(t, transport.Config{})
	all := f.subscribeAll(esdb.SubscribeToAllOptions{From: esdb.Start{}})
	one := f.subscribeStream("s", esdb.Start{})
	wantTold(t, all, "caught up")
	wantTold(t, one, "caught up")
	begun := time.Now()
	f.stop()
	if took := time.Since(begun); took > patience/2 {
		t.Errorf("stopping took %s", took)
	}
	for _, sub := range []*esdb.Subscription{all, one} {
		if got := told(sub); !strings.Contains(got, "stopping") {
			t.Errorf("the subscription says %q", got)
		}
	}
}

func TestStop_cuts_a_client_that_does_not_read(t *testing.T) {
	t.Parallel()
	f := serve(t, transport.Config{})
	for range 64 {
		event := newEvents(1)[0]
		event.Data = []byte(strings.Repeat("x", 512<<10))
		f.append("large", esdb.Any{}, event)
	}
	f.subscribeAll(esdb.SubscribeToAllOptions{From: esdb.Start{}})
	ctx, cancel := context.WithTimeout(f.ctx, 50*time.Millisecond)
	defer cancel()
	done := make(chan struct{})
	go func() { defer close(done); f.server.Stop(ctx) }()
	select {
	case <-done:
	case <-f.ctx.Done():
		t.Error("the server waits for a client that does not read")
	}
}

func TestNode_closing_ends_a_subscription(t *testing.T) {
	t.Parallel()
	f := serve(t, transport.Config{})
	sub := f.subscribeAll(esdb.SubscribeToAllOptions{From: esdb.Start{}})
	wantTold(t, sub, "caught up")
	if err := f.node.Close(); err != nil {
		t.Fatal(err)
	}
	if got := told(sub); !strings.HasPrefix(got, "dropped") {
		t.Errorf("the subscription says %q", got)
	}
	_, err := f.client.AppendToStream(f.ctx, "s", esdb.AppendToStreamOptions{ExpectedRevision: esdb.Any{}}, newEvents(1)...)
	if code(err) != esdb.ErrorUnavailable {
		t.Errorf("got %v, want unavailable", err)
	}
}
