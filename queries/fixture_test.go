package queries_test

import (
	"context"
	"slices"
	"testing"

	"parley/commands"
	"parley/domain"
	"parley/domain/access"
	"parley/domain/conversation"
	"parley/domain/eventlog"
	"parley/domain/sqldb"
	"parley/projections"
	"parley/projections/conversations"
	"parley/projections/directory"
	"parley/projections/inboxes"
	"parley/projections/orders"
	"parley/projections/projectiontest"
	"parley/projections/receipts"
	"parley/projections/search"
	"parley/projections/timelines"
	"parley/projections/worldtest"
	"parley/queries"
)

// asked are the questions whose answers are compared with the world, each on
// every database.
var asked = []struct {
	name string
	test func(*fixture)
}{
	{"lists hold what the actor may view, in every order", everyOrder},
	{"lists are filtered", everyFilter},
	{"lists are filtered by as much as may be asked for", greatestFilters},
	{"lists page without gap or double", everyPage},
	{"one conversation is shown as the actor may see it", oneConversation},
	{"messages page by the numbers that the actor sees", messagePages},
	{"messages are filtered and sorted, and page all the same", messageTables},
	{"the readers of a message are those who take part and have seen it", readers},
	{"activities are those of the record, newest update first", activities},
	{"the indicator counts unread conversations", indicator},
	{"searches find what the actor may view, by the words of names and messages", searching},
	{"look-ups find what the actor may view", lookUps},
	{"idle conversations come longest idle first", idleConversations},
}

func TestQueries_answer_what_the_history_says(t *testing.T) {
	t.Parallel()
	projectiontest.Each(t, func(t *testing.T, db sqldb.DB) {
		f := newFixture(t, db, worldtest.New(42, 800))
		for _, a := range asked {
			t.Run(a.name, func(t *testing.T) {
				a.test(&fixture{T: t, world: f.world, sources: f.sources})
			})
		}
	})
}

// Some questions are also asked where streams have gone away.
func TestQueries_answer_what_is_left(t *testing.T) {
	t.Parallel()
	projectiontest.Each(t, func(t *testing.T, db sqldb.DB) {
		f := newFixture(t, db, worldtest.NewWithLosses(42, 400))
		if len(f.world.Removed) < 5 {
			t.Fatal("hardly anything is lost")
		}
		for name, ask := range map[string]func(*fixture){"lists": everyOrder, "one conversation": oneConversation, "activities": activities} {
			t.Run(name, func(t *testing.T) { ask(&fixture{T: t, world: f.world, sources: f.sources}) })
		}
	})
}

// fixture is a world in a database.
type fixture struct {
	*testing.T
	world    *worldtest.World
	sources  queries.Sources
	follower *commands.Follower // with a log alone
}

func newFixture(t *testing.T, db sqldb.DB, world *worldtest.World) *fixture {
	t.Helper()
	for _, p := range []projections.Projection{
		conversations.Projection, timelines.Projection, inboxes.Projection, directory.Projection, orders.Projection, receipts.Projection, search.Projection,
	} {
		projectiontest.Fill(t, db, p, worldtest.Manifests, world.Events...)
	}
	return &fixture{T: t, world: world, sources: queries.Sources{DB: db, Freshness: fresh{}, Lineage: lineage{world}}}
}

// fresh is a board that has always come far enough.
type fresh struct{}

func (fresh) Wait(context.Context, []string, eventlog.Position) error { return nil }

// lineage climbs the trees of a world.
type lineage struct{ *worldtest.World }

func (l lineage) UnitPath(_ context.Context, _, unit string) ([]string, error) {
	return climb(l.Units, unit), nil
}

func (l lineage) CustomerPath(_ context.Context, _, customer string) ([]string, error) {
	return climb(l.Customers, customer), nil
}

func climb(parents map[string]string, id string) (path []string) {
	for id != "" {
		path = append(path, id)
		id = parents[id]
	}
	return path
}

// actor returns a person of the world with a level of view.
func (f *fixture) actor(p domain.Person, view access.Level) access.Actor {
	mirrored := f.world.People[p]
	return access.Actor{
		Person: p, Organization: projectiontest.Organization,
		BusinessUnit: mirrored.BusinessUnit, Customer: mirrored.Customer,
		Permissions: access.Permissions{View: view, Edit: min(view, access.Unit), Transitions: p.Kind == domain.KindUser},
	}
}

// actors are people of both kinds with every level of view.
func (f *fixture) actors() []access.Actor {
	var out []access.Actor
	for _, p := range []domain.Person{domain.User("p1"), domain.User("p2"), domain.CustomerUser("p1"), domain.CustomerUser("p3")} {
		for view := access.None; view <= access.System; view++ {
			out = append(out, f.actor(p, view))
		}
	}
	return append(out, f.actor(domain.User("p4"), access.UnitAndBelow), f.actor(domain.CustomerUser("p7"), access.UnitAndBelow))
}

// few are actors enough where the level of view is not the point.
func (f *fixture) few() []access.Actor {
	return []access.Actor{
		f.actor(domain.User("p1"), access.System), f.actor(domain.User("p2"), access.Own),
		f.actor(domain.CustomerUser("p1"), access.Own), f.actor(domain.CustomerUser("p3"), access.UnitAndBelow),
	}
}

func (f *fixture) facts(t *worldtest.Talk, a access.Actor) access.Facts {
	return access.Facts{
		Organization: t.Organization, Owner: t.State.Owner,
		OwnerUnits:   climb(f.world.Units, f.world.People[domain.User(t.State.Owner)].BusinessUnit),
		CustomerUser: t.State.CustomerUser, Customers: climb(f.world.Customers, t.State.Customer),
		Participant: t.Takes(a.Person), Active: t.State.Status == conversation.Active,
		Closed: t.State.Status == conversation.IsClosed,
	}
}

// visible returns the conversations that the actor may view.
func (f *fixture) visible(a access.Actor) []*worldtest.Talk {
	return slices.DeleteFunc(slices.Clone(f.world.Conversations), func(t *worldtest.Talk) bool {
		return t.State.Deleted || !a.MayView(f.facts(t, a))
	})
}

func (f *fixture) name(p domain.Person) string {
	if known, ok := f.world.People[p]; ok {
		return known.Name
	}
	return p.ID
}

func mine(t *worldtest.Talk, a access.Actor) bool {
	return t.Takes(a.Person) || t.State.Starter == a.Person
}

// list reads a whole list, page by page.
func (f *fixture) list(q queries.ConversationList) []queries.ConversationResult {
	f.Helper()
	var all []queries.ConversationResult
	for {
		page, err := queries.ConversationListHandler{Sources: f.sources}.Handle(f.Context(), q)
		if err != nil {
			f.Fatal(err)
		}
		all = append(all, page.Items...)
		if q.Cursor = page.NextCursor; q.Cursor == "" {
			return all
		}
		if len(page.Items) == 0 {
			f.Fatal("a page without items names another page")
		}
	}
}

func ids(list []queries.ConversationResult) []string {
	out := []string{}
	for _, c := range list {
		out = append(out, c.ID.String())
	}
	return out
}

func talkIDs(list []*worldtest.Talk) []string {
	out := []string{}
	for _, c := range list {
		out = append(out, c.ID.String())
	}
	return out
}
