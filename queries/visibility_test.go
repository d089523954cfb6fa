package queries_test

import (
	"slices"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"pgregory.net/rapid"

	"parley/domain"
	"parley/domain/access"
	"parley/projections/projectiontest"
	"parley/projections/worldtest"
	"parley/queries"
)

// anyActor draws an actor who need not be anybody of the world, nor be in the
// place that the mirror says.
func anyActor(t *rapid.T) access.Actor {
	return access.Actor{
		Person: domain.Person{
			Kind: rapid.SampledFrom([]domain.Kind{domain.KindUser, domain.KindCustomerUser}).Draw(t, "kind"),
			ID:   rapid.SampledFrom([]string{"p0", "p1", "p2", "p3", "p4", "p7", "stranger"}).Draw(t, "id"),
		},
		Organization: rapid.SampledFrom([]string{projectiontest.Organization, worldtest.Neighbour, "nowhere"}).Draw(t, "organization"),
		BusinessUnit: rapid.SampledFrom([]string{"", "all", "sales", "north", "support", "none"}).Draw(t, "unit"),
		Customer:     rapid.SampledFrom([]string{"", "all co", "sales co", "north co", "none"}).Draw(t, "customer"),
		Permissions:  access.Permissions{View: access.Level(rapid.IntRange(int(access.None), int(access.System)).Draw(t, "view"))},
	}
}

func TestVisibility_in_SQL_is_that_of_the_one_authorization_function(t *testing.T) {
	t.Parallel()
	var fixtures []*fixture
	for seed := range uint64(3) {
		fixtures = append(fixtures, newFixture(t, sqlite(t), worldtest.New(100+seed, 150)))
	}
	rapid.Check(t, func(r *rapid.T) {
		f := rapid.SampledFrom(fixtures).Draw(r, "world")
		a := anyActor(r)
		want := talkIDs(f.visible(a))
		slices.Sort(want)
		got := ids(f.list(queries.ConversationList{Actor: a, Limit: 200}))
		slices.Sort(got)
		if diff := gocmp.Diff(want, got); diff != "" {
			r.Fatalf("the list of %+v (-function +SQL):\n%s", a, diff)
		}
		one := rapid.SampledFrom(f.world.Conversations).Draw(r, "conversation")
		_, err := queries.ConversationHandler{Sources: f.sources}.Handle(t.Context(), queries.Conversation{Actor: a, ID: one.ID})
		if visible := slices.Contains(want, one.ID.String()); visible != (err == nil) {
			r.Fatalf("%+v: the function says %t, the SQL %v", a, visible, err)
		}
	})
}

func TestConversation_of_nobody_is_not_found(t *testing.T) {
	t.Parallel()
	f := smallFixture(t)
	_, err := queries.ConversationHandler{Sources: f.sources}.Handle(t.Context(),
		queries.Conversation{Actor: f.actor(domain.User("p1"), access.System), ID: uuid.Max})
	if domain.CodeOf(err) != domain.CodeNotFound {
		t.Errorf("got %v, want %s", err, domain.CodeNotFound)
	}
}
