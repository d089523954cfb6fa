package queries_test

import (
	"cmp"
	"slices"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"parley/domain/conversation"
	"parley/domain/sqldb"
	"parley/projections/conversations"
	"parley/projections/projectiontest"
	"parley/projections/worldtest"
	"parley/queries"
)

// idleConversations compares every organization's, page by page.
func idleConversations(f *fixture) {
	f.Helper()
	q := queries.IdleConversations{Sources: f.sources}
	organizations, err := q.Organizations(f.Context())
	if want := []string{projectiontest.Organization, worldtest.Neighbour}; err != nil || !slices.Equal(organizations, want) {
		f.Fatalf("organizations are %v (%v), want %v", organizations, err, want)
	}
	for _, o := range organizations {
		var want, got []conversation.Idle
		for _, t := range f.world.Of(o) {
			if t.State.Status == conversation.Active && !t.State.Deleted {
				want = append(want, conversation.Idle{ID: t.ID, Since: t.State.IdleSince})
			}
		}
		slices.SortFunc(want, func(x, y conversation.Idle) int {
			return cmp.Or(x.Since.Compare(y.Since), cmp.Compare(x.ID.String(), y.ID.String()))
		})
		for behind := (conversation.Idle{}); ; {
			page, err := q.Longest(f.Context(), o, behind, 3)
			if err != nil {
				f.Fatal(err)
			}
			if len(page) == 0 {
				break
			}
			got, behind = append(got, page...), page[len(page)-1]
		}
		if diff := gocmp.Diff(want, got); diff != "" {
			f.Errorf("idle conversations of %s (-want +got):\n%s", o, diff)
		}
	}
}

func TestIdleConversations_are_none_where_nothing_is(t *testing.T) {
	t.Parallel()
	projectiontest.Each(t, func(t *testing.T, db sqldb.DB) {
		projectiontest.Fill(t, db, conversations.Projection, worldtest.Manifests)
		got, err := queries.IdleConversations{Sources: queries.Sources{DB: db}}.Organizations(t.Context())
		if err != nil || len(got) > 0 {
			t.Errorf("organizations are %v (%v), want none", got, err)
		}
	})
}
