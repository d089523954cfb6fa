package transport_test

import (
	"testing"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"github.com/google/go-cmp/cmp"

	"parley/adapters/eventnode/transport"
)

// linked is a store with a category stream of links, as a client may write it: to
// two events, to a hidden one and to none; and of what is no link.
func linked(t *testing.T) *fixture {
	t.Helper()
	f := serve(t, transport.Config{Writable: true})
	f.append("order-1", esdb.NoStream{}, newEvents(2)...)
	f.append("order-2", esdb.NoStream{}, newEvents(2)...)
	f.write("$$order-2", "$metadata", `{"$tb":1}`)
	for _, to := range []string{"0@order-1", "0@order-2", "1@order-2", "0@absent"} {
		f.write("$ce-order", "$>", to)
	}
	f.write("$ce-order", "plain", `{}`)
	f.write("$ce-order", "$>", "nonsense")
	return f
}

var resolved = []string{
	"order-1@0 by $ce-order@0", "no event by $ce-order@1", "order-2@1 by $ce-order@2", "no event by $ce-order@3", "$ce-order@4", "$ce-order@5",
}

func TestRead_resolves_links_when_it_is_asked_to(t *testing.T) {
	t.Parallel()
	f := linked(t)
	for name, c := range map[string]struct {
		resolve bool
		want    []string
	}{
		"with links resolved": {true, resolved},
		"without":             {false, []string{"$ce-order@0", "$ce-order@1", "$ce-order@2", "$ce-order@3", "$ce-order@4", "$ce-order@5"}},
	} {
		got, _, err := f.messages(rawRead(func(o *streams.ReadReq_Options) {
			o.StreamOption, o.ResolveLinks = ofStream("$ce-order", 0), c.resolve
		}))
		if diff := cmp.Diff(c.want, got); err != nil || diff != "" {
			t.Errorf("%s: %v (-want +got):\n%s", name, err, diff)
		}
	}
	got, _, err := f.messages(rawRead(func(o *streams.ReadReq_Options) {
		o.ResolveLinks = true
		o.FilterOption = byStream("", "$ce-")
	}))
	if diff := cmp.Diff(resolved, got); err != nil || diff != "" {
		t.Errorf("of all streams: %v (-want +got):\n%s", err, diff)
	}
}

func TestSubscription_resolves_links_behind_and_ahead(t *testing.T) {
	t.Parallel()
	f := linked(t)
	stream, err := f.client.SubscribeToStream(f.ctx, "$ce-order", esdb.SubscribeToStreamOptions{From: esdb.Start{}, ResolveLinkTos: true})
	if err != nil {
		t.Fatal(err)
	}
	defer stream.Close()
	all := f.subscribeAll(esdb.SubscribeToAllOptions{
		From: esdb.End{}, ResolveLinkTos: true, Filter: &esdb.SubscriptionFilter{Type: esdb.EventFilterType, Prefixes: []string{"$>"}},
	})
	for range resolved {
		if event := stream.Recv(); event.EventAppeared == nil {
			t.Fatalf("got %+v", event)
		}
	}
	f.write("$ce-order", "$>", "1@order-1")
	for _, sub := range []*esdb.Subscription{stream, all} {
		event := sub.Recv()
		for ; event.EventAppeared == nil && event.SubscriptionDropped == nil; event = sub.Recv() {
		}
		got := event.EventAppeared
		if got == nil || place(got.Event) != "order-1@1" || place(got.Link) != "$ce-order@6" || *got.Commit != got.Link.Position.Commit {
			t.Errorf("got %+v", event)
		}
	}
}
