package main_test

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"testing"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/google/uuid"

	"parley/domain/conversation"
	"parley/domain/eventlog"
)

// appendForeign appends an event of another organization and two of none, and
// returns the last position.
func appendForeign(t *testing.T, w *wire) eventlog.Position {
	t.Helper()
	var last eventlog.Position
	for _, metadata := range []string{`{"organization":"other"}`, `{}`, `not JSON`} {
		done, err := w.node.Append(t.Context(), conversation.Stream(uuid.New()), eventlog.NoStream, []eventlog.NewEvent{{
			ID: uuid.New(), Type: "conversation.renamed.v1", Data: []byte(`{"name":"x"}`), Metadata: []byte(metadata),
		}})
		if err != nil {
			t.Fatalf("append: %v", err)
		}
		last = done.Position
	}
	return last
}

// official connects an official client.
func official(t *testing.T, address string) *esdb.Client {
	t.Helper()
	config, err := esdb.ParseConnectionString("esdb://" + address + "?tls=false")
	if err != nil {
		t.Fatalf("connection string: %v", err)
	}
	config.Logger = esdb.NoopLogging()
	client, err := esdb.NewClient(config)
	if err != nil {
		t.Fatalf("connect: %v", err)
	}
	t.Cleanup(func() { _ = client.Close() })
	return client
}

// freeAddress returns an address that nobody listens on.
func freeAddress(t *testing.T) string {
	t.Helper()
	listener := listen(t, "127.0.0.1:0")
	defer listener.Close()
	return listener.Addr().String()
}

// An official client follows the running server's events.
func TestEventStoreListen_lets_official_clients_follow(t *testing.T) {
	t.Parallel()
	address := freeAddress(t)
	p := serve(t, []string{"--data", t.TempDir()}, "--eventstore-listen", address)
	client := official(t, address)
	ctx, cancel := context.WithTimeout(t.Context(), startLimit)
	defer cancel()
	sub, err := client.SubscribeToAll(ctx, esdb.SubscribeToAllOptions{
		From: esdb.Start{}, Filter: &esdb.SubscriptionFilter{Type: esdb.StreamFilterType, Prefixes: []string{"parley_conversation-"}},
	})
	if err != nil {
		t.Fatalf("subscribe: %v", err)
	}
	defer sub.Close()
	user := p.as("user:user")
	at, id := user.begin(nil)
	sent := user.post(at+"/messages", say("over the wire")).want(http.StatusCreated)
	for {
		message := sub.Recv()
		if message.SubscriptionDropped != nil {
			t.Fatalf("dropped: %v", message.SubscriptionDropped.Error)
		}
		if message.EventAppeared == nil {
			continue
		}
		e := message.EventAppeared.Event
		if e.StreamID != "parley_conversation-"+id {
			t.Fatalf("an event of %s", e.StreamID)
		}
		if strconv.FormatUint(e.Position.Commit, 10) != sent.position() {
			continue
		}
		var data conversation.MessageAdded
		if err := json.Unmarshal(e.Data, &data); err != nil || data.Body != "over the wire" {
			t.Errorf("the event is %s: %v", e.Data, err)
		}
		break
	}
	if code := p.terminate(); code != 0 {
		t.Errorf("with a subscriber the server stopped with %d", code)
	}
}

func TestEventStoreListen_keeps_product_streams_read_only_unless_told_otherwise(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		more     []string
		writable bool
	}{
		"by default":               {nil, false},
		"with eventstore-writable": {[]string{"--eventstore-writable"}, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			address := freeAddress(t)
			p := serve(t, []string{"--data", t.TempDir()}, append([]string{"--eventstore-listen", address}, c.more...)...)
			at, id := p.as("user:user").begin(nil)
			client := official(t, address)
			write := func(stream string) error {
				ctx, cancel := context.WithTimeout(t.Context(), startLimit)
				defer cancel()
				_, err := client.AppendToStream(ctx, stream, esdb.AppendToStreamOptions{ExpectedRevision: esdb.Any{}}, esdb.EventData{
					EventID: uuid.New(), EventType: "conversation.renamed.v1", ContentType: esdb.ContentTypeJson,
					Data: []byte(`{"name":"forged","at":"2030-01-01T00:00:00Z"}`), Metadata: []byte(`{"organization":"acme"}`),
				})
				return err
			}
			if err := write("their-own"); err != nil {
				t.Errorf("a stream of theirs: %v", err)
			}
			err := write("parley_conversation-" + id)
			if refused, _ := esdb.FromError(err); (err == nil) != c.writable || err != nil && refused.Code() != esdb.ErrorCodeAccessDenied {
				t.Errorf("a product stream: %v", err)
			}
			want := map[bool]string{false: "talk", true: "forged"}[c.writable]
			eventually(t, streamLimit, "the name is "+want, func() bool {
				return p.as("user:user").get(at).want(http.StatusOK).object()["name"] == want
			})
		})
	}
}
