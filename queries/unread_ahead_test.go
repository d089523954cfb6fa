package queries_test

import (
	"testing"

	"parley/domain"
	"parley/domain/access"
	"parley/domain/sqldb"
	"parley/projections/conversations"
	"parley/projections/projectiontest"
	"parley/projections/worldtest"
	"parley/queries"
)

func TestUnread_counts_what_other_read_models_do_not_have_yet(t *testing.T) {
	t.Parallel()
	projectiontest.Each(t, func(t *testing.T, db sqldb.DB) {
		f := newFixture(t, db, worldtest.New(7, 200))
		whole := map[domain.Person]queries.UnreadResult{}
		for p := range f.world.People {
			whole[p] = f.indicated(p)
		}
		err := db.Write(t.Context(), conversations.Projection.Name, []sqldb.Statement{{SQL: "delete from conversations.conversations"}})
		if err != nil {
			t.Fatal(err)
		}
		most := 0
		for p, before := range whole {
			most = max(most, before.Count)
			if got := f.indicated(p); got.Count != before.Count || len(got.Items) != 0 || got.More != before.Count {
				t.Errorf("%s has %d unread, is told of %+v", p, before.Count, got)
			}
		}
		if most == 0 {
			t.Error("nobody in the world has anything unread")
		}
	})
}

func (f *fixture) indicated(p domain.Person) queries.UnreadResult {
	f.Helper()
	r, err := queries.UnreadHandler{Sources: f.sources}.Handle(f.Context(), queries.Unread{Actor: f.actor(p, access.Own)})
	if err != nil {
		f.Fatal(err)
	}
	return r
}
