package orders_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"parley/domain"
	"parley/domain/conversation"
	"parley/domain/directory"
	"parley/projections/orders"
	"parley/projections/projectiontest"
	"parley/projections/worldtest"
)

func TestOrders_show_the_ids_of_who_has_no_stream_any_more(t *testing.T) {
	t.Parallel()
	ann, bob := domain.User("ann"), domain.CustomerUser("bob")
	start := func(n byte) projectiontest.Event {
		return projectiontest.Event{
			Stream: conversation.Stream(uuid.UUID{n}),
			Data:   conversation.Started{Organization: "acme", Owner: "ann", CustomerUser: "bob", Customer: "co", Name: "x"},
		}
	}
	tables := projectiontest.Run(t, orders.Projection, worldtest.Manifests,
		projectiontest.Event{Stream: directory.PersonStream("acme", ann), Data: directory.PersonMirrored{Organization: "acme", Kind: ann.Kind, ID: ann.ID, Name: "Ann"}},
		projectiontest.Event{Stream: directory.PersonStream("acme", bob), Data: directory.PersonMirrored{Organization: "acme", Kind: bob.Kind, ID: bob.ID, Name: "Bob"}},
		projectiontest.Event{Stream: directory.CustomerStream("acme", "co"), Data: directory.CustomerMirrored{Organization: "acme", ID: "co", Name: "Company"}},
		start(1),
		projectiontest.Tombstone(directory.PersonStream("acme", ann)),
		projectiontest.Tombstone(directory.CustomerStream("acme", "co")),
		start(2),
	)
	want := []string{"ann|Bob|co", "ann|Bob|co"}
	if diff := cmp.Diff(want, tables.Select("conversations", "owner_name, customer_user_name, customer_name")); diff != "" {
		t.Errorf("names differ (-want +got):\n%s", diff)
	}
}
