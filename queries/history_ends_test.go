package queries_test

import (
	"context"
	"slices"
	"testing"

	"github.com/google/uuid"

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
			var looked []uuid.UUID
			f.sources.Inspect = func(_ context.Context, id uuid.UUID) error { looked = append(looked, id); return nil }
			if _, err := (queries.HistoryHandler{Sources: f.sources}).Handle(t.Context(), q); domain.CodeOf(err) != domain.CodeNotFound {
				t.Errorf("it is answered with %v, want %s", err, domain.CodeNotFound)
			}
			if !slices.Equal(looked, []uuid.UUID{id}) {
				t.Errorf("somebody is to look at %v, want %v", looked, id)
			}
		})
	}
}

func TestHistory_of_a_conversation_that_was_noticed_to_be_removed_is_absent(t *testing.T) {
	t.Parallel()
	f := withLogOf(t, 20)
	c := f.world.Of(projectiontest.Organization)[0]
	f.append(conversation.Stream(c.ID), eventlog.Revision(c.Revision-1), eventlog.NewEvent{
		ID: domain.DeriveID("removal"), Type: conversation.Removed{}.EventType(), Data: []byte(`{}`), Metadata: []byte(`{"organization":"acme"}`),
	})
	_, err := queries.HistoryHandler{Sources: f.sources}.Handle(t.Context(), queries.History{Actor: f.administrator(), Conversation: c.ID})
	if domain.CodeOf(err) != domain.CodeNotFound {
		t.Errorf("it is answered with %v, want %s", err, domain.CodeNotFound)
	}
}

func TestHistory_leaves_out_what_the_store_itself_wrote(t *testing.T) {
	t.Parallel()
	f := withLogOf(t, 20)
	c := f.world.Of(projectiontest.Organization)[0]
	f.append(conversation.Stream(c.ID), eventlog.Revision(c.Revision-1), eventlog.NewEvent{ID: domain.DeriveID("note"), Type: "$note", Data: []byte(`{}`)})
	page, err := queries.HistoryHandler{Sources: f.sources}.Handle(t.Context(), queries.History{Actor: f.administrator(), Conversation: c.ID})
	if err != nil || int64(len(page.Items)) != c.Revision {
		t.Errorf("it holds %d events, want %d; error %v", len(page.Items), c.Revision, err)
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
