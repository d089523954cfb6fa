package queries_test

import (
	"context"
	"testing"

	"parley/adapters/eventnode"
	"parley/domain"
	"parley/domain/conversation"
	"parley/domain/eventlog"
	"parley/projections/projectiontest"
	"parley/queries"
)

// An operator may do all this with the event store's own tools.
func TestHistory_of_a_stream_that_is_not_whole_is_absent(t *testing.T) {
	t.Parallel()
	for name, damage := range map[string]func(*eventnode.Node, context.Context, string) error{
		"deleted for good": func(n *eventnode.Node, ctx context.Context, stream string) error {
			_, err := n.Tombstone(ctx, stream, eventnode.Any)
			return err
		},
		"deleted softly": func(n *eventnode.Node, ctx context.Context, stream string) error {
			_, err := n.Delete(ctx, stream, eventnode.Any)
			return err
		},
		"cut at its beginning": func(n *eventnode.Node, ctx context.Context, stream string) error {
			return n.Truncate(ctx, stream, 1)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := withLogOf(t, 20)
			id := f.world.Of(projectiontest.Organization)[0].ID
			q := queries.History{Actor: f.administrator(), Conversation: id, Limit: 1}
			first, err := queries.HistoryHandler{Sources: f.sources}.Handle(t.Context(), q)
			if err != nil || len(first.Items) != 1 || first.NextCursor == "" {
				t.Fatalf("before, the history has %d events, %v", len(first.Items), err)
			}
			if err := damage(f.sources.Log.(*eventnode.Node), t.Context(), conversation.Stream(id)); err != nil {
				t.Fatal(err)
			}
			if _, err := (queries.HistoryHandler{Sources: f.sources}).Handle(t.Context(), q); domain.CodeOf(err) != domain.CodeNotFound {
				t.Errorf("it is answered with %v, want %s", err, domain.CodeNotFound)
			}
		})
	}
}

func TestHistory_of_a_purged_conversation_begins_with_the_purge(t *testing.T) {
	t.Parallel()
	f := withLogOf(t, 20)
	c := f.world.Of(projectiontest.Organization)[0]
	stream, last := conversation.Stream(c.ID), eventlog.Revision(c.Revision-1)
	f.append(stream, last, eventlog.NewEvent{
		ID: domain.DeriveID("purge"), Type: conversation.Purged{}.EventType(), Data: []byte(`{"organization":"acme"}`), Metadata: []byte(`{"organization":"acme"}`),
	})
	if err := f.sources.Log.Truncate(t.Context(), stream, last+1); err != nil {
		t.Fatal(err)
	}
	page, err := queries.HistoryHandler{Sources: f.sources}.Handle(t.Context(), queries.History{Actor: f.administrator(), Conversation: c.ID})
	if err != nil || len(page.Items) != 1 || page.Items[0].Revision != last+1 {
		t.Errorf("it holds %+v, %v", page.Items, err)
	}
}
