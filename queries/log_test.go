package queries_test

import (
	"context"
	"encoding/json"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"parley/adapters/adaptertest/logtest"
	"parley/adapters/eventnode"
	"parley/commands"
	"parley/domain"
	"parley/domain/access"
	"parley/domain/conversation"
	"parley/domain/eventlog"
	"parley/projections/projectiontest"
	"parley/projections/worldtest"
	"parley/queries"
)

// withLog adds to a fixture the log that its world was made of, and a follower that
// has heard of none of it.
func withLog(t *testing.T) *fixture {
	t.Helper()
	return withLogOf(t, 120)
}

// withLogOf does so for a world of fewer steps.
func withLogOf(t *testing.T, steps int) *fixture {
	t.Helper()
	f := fixtureOf(t, steps)
	f.sources.Log = openNode(t)
	for _, e := range projectiontest.Record(t, f.world.Events...) {
		f.append(e.Stream, e.Revision-1, eventlog.NewEvent{ID: e.ID, Type: e.Type, Data: e.Data, Metadata: e.Metadata})
	}
	f.follow()
	return f
}

// openNode opens an empty log whose positions are as far apart as a real one's.
func openNode(t *testing.T) *eventnode.Node {
	t.Helper()
	node, err := eventnode.Open(logtest.Spaced(t.TempDir()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := node.Close(); err != nil {
			t.Error(err)
		}
	})
	return node
}

func (f *fixture) append(stream string, expected eventlog.Revision, e eventlog.NewEvent) eventlog.Position {
	f.Helper()
	done, err := f.sources.Log.Append(f.Context(), stream, expected, []eventlog.NewEvent{e})
	if err != nil {
		f.Fatal(err)
	}
	return done.Position
}

// follow lets a new instance follow the log from its end.
func (f *fixture) follow() {
	f.Helper()
	follower := commands.NewFollower(f.sources.Log, commands.NewKeys(nil))
	f.sources.Heard, f.follower = follower, follower
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- follower.Run(ctx) }()
	f.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			f.Error(err)
		}
	})
	<-follower.Started()
}

// end returns the position of the log's last event of all.
func (f *fixture) end() eventlog.Position {
	f.Helper()
	end, err := f.sources.Log.End(f.Context())
	if err != nil {
		f.Fatal(err)
	}
	return end
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
