package orders_test

import (
	"fmt"
	"slices"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"

	"parley/domain"
	"parley/domain/directory"
	"parley/projections/orders"
	"parley/projections/projectiontest"
	"parley/projections/worldtest"
)

func TestOrders_equal_the_fold_of_the_history(t *testing.T) {
	t.Parallel()
	for seed := range uint64(2) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			world := worldtest.NewWithLosses(seed, 150)
			// Names change, too, of people whose conversations are there.
			renamed := world.People[domain.User("p1")]
			renamed.Name = "Another"
			world.People[domain.User("p1")] = renamed
			events := append(world.Events,
				projectiontest.Event{Stream: domain.Stream("person", domain.DeriveID("renamed")), Data: renamed},
				projectiontest.Event{
					Stream: domain.Stream("person", domain.DeriveID("gone")),
					Data:   directory.PersonRemoved{Organization: projectiontest.Organization, Kind: domain.KindUser, ID: "p1"},
				})
			tables := projectiontest.Run(t, orders.Projection, worldtest.Manifests, events...)
			got := tables.Select("conversations", "organization, conversation, name, status, created_at, owner_name, customer_user_name, customer_name")
			got = slices.DeleteFunc(got, func(row string) bool { return row[:len(worldtest.Neighbour)] == worldtest.Neighbour })
			want := wantOrders(world)
			slices.Sort(got)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("orders differ (-fold +rows):\n%s", diff)
			}
		})
	}
}

func wantOrders(w *worldtest.World) (out []string) {
	name := func(p domain.Person) string {
		if known, ok := w.People[p]; ok {
			return known.Name
		}
		return p.ID
	}
	for _, c := range w.Of(projectiontest.Organization) {
		s, company := c.State, `""`
		if s.Customer != "" {
			company = "Company " + s.Customer[:len(s.Customer)-len(" co")]
		}
		out = append(out, c.Organization+"|"+c.ID.String()+"|"+s.Name+"|"+string(s.Status)+"|"+strconv.FormatInt(s.CreatedAt.UnixMicro(), 10)+"|"+
			name(domain.User(s.Owner))+"|"+name(domain.CustomerUser(s.CustomerUser))+"|"+company)
	}
	slices.Sort(out)
	return out
}
