package queries_test

import (
	"encoding/json"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"parley/adapters/eventnode"
	"parley/domain"
	"parley/domain/access"
	"parley/domain/conversation"
	"parley/domain/eventlog"
	"parley/projections/projectiontest"
	"parley/projections/worldtest"
	"parley/queries"
)

// withLog adds to a fixture the log that its world was made of.
func withLog(t *testing.T) *fixture {
	t.Helper()
	f := smallFixture(t)
	node, err := eventnode.Open(eventnode.Config{Dir: t.TempDir(), FirstPosition: 1000, Stride: 7})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := node.Close(); err != nil {
			t.Error(err)
		}
	})
	f.sources.Log = node
	for _, e := range projectiontest.Record(t, f.world.Events...) {
		f.append(e.Stream, e.Revision-1, eventlog.NewEvent{ID: e.ID, Type: e.Type, Data: e.Data, Metadata: e.Metadata})
	}
	return f
}

func (f *fixture) append(stream string, expected eventlog.Revision, e eventlog.NewEvent) eventlog.Position {
	f.Helper()
	done, err := f.sources.Log.Append(f.Context(), stream, expected, []eventlog.NewEvent{e})
	if err != nil {
		f.Fatal(err)
	}
	return done.Position
}

func (f *fixture) administrator() access.Actor {
	a := f.actor(domain.User("p1"), access.System)
	a.Administer = true
	return a
}

// recorded returns the world's events of an organization.
func (f *fixture) recorded(wanted func(eventlog.Recorded, domain.Meta) bool) (out []uuid.UUID) {
	for _, e := range projectiontest.Record(f, f.world.Events...) {
		var m domain.Meta
		if err := json.Unmarshal(e.Metadata, &m); err != nil {
			f.Fatal(err)
		}
		if m.Organization == projectiontest.Organization && wanted(e, m) {
			out = append(out, e.ID)
		}
	}
	return out
}

func TestHistory_is_the_stream_of_a_conversation_also_of_a_deleted_one(t *testing.T) {
	t.Parallel()
	f := withLog(t)
	for _, c := range f.world.Of(projectiontest.Organization) {
		q := queries.History{Actor: f.administrator(), Conversation: c.ID, Limit: 3}
		var items []queries.HistoryItem
		for {
			page, err := queries.HistoryHandler{Sources: f.sources}.Handle(t.Context(), q)
			if err != nil {
				t.Fatal(err)
			}
			items = append(items, page.Items...)
			if q.Cursor = page.NextCursor; q.Cursor == "" {
				break
			}
		}
		if len(items) != int(c.Revision) {
			t.Errorf("history of %d events, want %d", len(items), c.Revision)
		}
		for i, item := range items {
			if item.Revision != eventlog.Revision(i) || item.Stream != conversation.Stream(c.ID) || item.Channel != domain.ChannelAPI {
				t.Errorf("event %d: got revision %d of %s by %s", i, item.Revision, item.Stream, item.Channel)
			}
		}
	}
}

func TestHistory_tells_who_did_it_on_whose_behalf_by_name(t *testing.T) {
	t.Parallel()
	f := withLog(t)
	c := f.world.Of(projectiontest.Organization)[0]
	behalf := domain.CustomerUser("p2")
	metadata, err := json.Marshal(domain.Meta{
		Organization: projectiontest.Organization, Actor: domain.User("p2"), OnBehalfOf: &behalf, Channel: domain.ChannelWeb,
	})
	if err != nil {
		t.Fatal(err)
	}
	f.append(conversation.Stream(c.ID), eventlog.Revision(c.Revision-1), eventlog.NewEvent{
		ID: uuid.New(), Type: conversation.Renamed{}.EventType(), Data: []byte(`{"name":"x"}`), Metadata: metadata,
	})
	page, err := queries.HistoryHandler{Sources: f.sources}.Handle(t.Context(), queries.History{Actor: f.administrator(), Conversation: c.ID})
	if err != nil {
		t.Fatal(err)
	}
	last := page.Items[len(page.Items)-1]
	if diff := gocmp.Diff(f.person(domain.User("p2")), last.Actor); diff != "" {
		t.Errorf("actor (-want +got):\n%s", diff)
	}
	if diff := gocmp.Diff(new(f.person(behalf)), last.OnBehalfOf); diff != "" {
		t.Errorf("on behalf of (-want +got):\n%s", diff)
	}
}

func TestHistory_is_for_administrators_of_the_organization(t *testing.T) {
	t.Parallel()
	f := withLog(t)
	viewer := f.actor(domain.User("p1"), access.System)
	visible := f.visible(viewer)[0].ID
	foreign := f.world.Of(worldtest.Neighbour)[0].ID
	for _, c := range []struct {
		name  string
		actor access.Actor
		id    uuid.UUID
		want  domain.Code
	}{
		{"a viewer may not read it", viewer, visible, domain.CodeForbidden},
		{"who may not view it learns nothing", f.actor(domain.CustomerUser("p7"), access.None), visible, domain.CodeNotFound},
		{"another organization's is absent", f.administrator(), foreign, domain.CodeNotFound},
		{"none is absent", f.administrator(), uuid.Max, domain.CodeNotFound},
	} {
		_, err := queries.HistoryHandler{Sources: f.sources}.Handle(t.Context(), queries.History{Actor: c.actor, Conversation: c.id})
		if domain.CodeOf(err) != c.want {
			t.Errorf("%s: got %v, want %s", c.name, err, c.want)
		}
	}
}

func (f *fixture) feed(q queries.Feed) queries.FeedResult {
	f.Helper()
	out, err := queries.FeedHandler{Sources: f.sources}.Handle(f.Context(), q)
	if err != nil {
		f.Fatal(err)
	}
	return out
}

func TestFeed_holds_the_events_of_the_organization_only(t *testing.T) {
	t.Parallel()
	f := withLog(t)
	c := f.world.Of(projectiontest.Organization)[0]
	message := conversation.MessageAdded{}.EventType()
	for _, q := range []struct {
		name   string
		feed   queries.Feed
		wanted func(eventlog.Recorded, domain.Meta) bool
	}{
		{"all", queries.Feed{}, func(eventlog.Recorded, domain.Meta) bool { return true }},
		{"of a type", queries.Feed{Type: []string{message}}, func(e eventlog.Recorded, _ domain.Meta) bool { return e.Type == message }},
		{"of a conversation", queries.Feed{Conversation: []uuid.UUID{c.ID}}, func(e eventlog.Recorded, _ domain.Meta) bool {
			return e.Stream == conversation.Stream(c.ID)
		}},
	} {
		q.feed.Actor = f.administrator()
		var got []uuid.UUID
		for {
			out := f.feed(q.feed)
			for _, item := range out.Items {
				got = append(got, item.ID)
			}
			if q.feed.After == out.Next {
				break
			}
			q.feed.After = out.Next
		}
		if diff := gocmp.Diff(f.recorded(q.wanted), got); diff != "" {
			t.Errorf("feed %s (-want +got):\n%s", q.name, diff)
		}
		if tail, err := f.sources.Log.End(t.Context()); err != nil || q.feed.After != tail {
			t.Errorf("feed %s ends at %d, want the tail %d (%v)", q.name, q.feed.After, tail, err)
		}
	}
}

func TestFeed_waits_for_what_is_yet_to_come(t *testing.T) {
	t.Parallel()
	f := withLog(t)
	tail := f.feed(queries.Feed{Actor: f.administrator(), After: 1 << 40}).Next
	end, err := f.sources.Log.End(t.Context())
	if err != nil || tail != 1<<40 {
		t.Fatalf("a feed from beyond the end goes on from %d (%v)", tail, err)
	}
	answers := make(chan queries.FeedResult, 1)
	go func() {
		out, err := queries.FeedHandler{Sources: f.sources}.Handle(t.Context(),
			queries.Feed{Actor: f.administrator(), After: end, Wait: time.Minute, Type: []string{conversation.Renamed{}.EventType()}})
		if err != nil {
			t.Error(err)
		}
		answers <- out
	}()
	c := f.world.Of(projectiontest.Organization)[0]
	metadata := []byte(`{"organization":"acme"}`)
	f.append(conversation.Stream(c.ID), eventlog.Revision(c.Revision-1),
		eventlog.NewEvent{ID: uuid.New(), Type: conversation.Closed{}.EventType(), Data: []byte(`{}`), Metadata: metadata})
	id := uuid.New()
	at := f.append(conversation.Stream(c.ID), eventlog.Revision(c.Revision),
		eventlog.NewEvent{ID: id, Type: conversation.Renamed{}.EventType(), Data: []byte(`{"name":"x"}`), Metadata: metadata})
	select {
	case out := <-answers:
		if len(out.Items) != 1 || out.Items[0].ID != id || out.Next != at {
			t.Errorf("got %d items up to %d, want the event at %d", len(out.Items), out.Next, at)
		}
	case <-time.After(30 * time.Second):
		t.Fatal("the feed did not answer")
	}
}

func TestFeed_answers_empty_when_the_wait_is_over(t *testing.T) {
	t.Parallel()
	f := withLog(t)
	out := f.feed(queries.Feed{Actor: f.administrator(), Type: []string{"nothing.at-all.v1"}, Wait: 50 * time.Millisecond})
	tail, err := f.sources.Log.End(t.Context())
	if err != nil || len(out.Items) != 0 || out.Next != tail {
		t.Errorf("got %d items up to %d, want none up to %d (%v)", len(out.Items), out.Next, tail, err)
	}
}

func TestFeed_is_for_administrators(t *testing.T) {
	t.Parallel()
	f := smallFixture(t)
	_, err := queries.FeedHandler{Sources: f.sources}.Handle(t.Context(), queries.Feed{Actor: f.actor(domain.User("p1"), access.System)})
	if domain.CodeOf(err) != domain.CodeForbidden {
		t.Errorf("got %v, want %s", err, domain.CodeForbidden)
	}
}
