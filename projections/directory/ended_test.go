package directory_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"parley/domain"
	events "parley/domain/directory"
	"parley/projections/directory"
	"parley/projections/projectiontest"
)

func TestDirectory_does_not_know_what_has_no_stream_any_more(t *testing.T) {
	t.Parallel()
	var history []projectiontest.Event
	say := func(stream string, e domain.Event) {
		history = append(history, projectiontest.Event{Stream: stream, Data: e})
	}
	for _, id := range []string{"1", "2"} {
		for _, kind := range []domain.Kind{domain.KindUser, domain.KindCustomerUser} {
			say(events.PersonStream("acme", domain.Person{Kind: kind, ID: id}), events.PersonMirrored{Organization: "acme", Kind: kind, ID: id, Name: "Person " + id})
		}
		say(events.RecordStream("acme", domain.Record{Type: "order", ID: id}), events.RecordMirrored{Organization: "acme", Type: "order", ID: id, Label: id})
		say(events.RecordTypeStream("acme", id), events.RecordTypeMirrored{Organization: "acme", Type: id, Label: id})
		say(events.CustomerStream("acme", id), events.CustomerMirrored{Organization: "acme", ID: id, Name: id})
		say(events.BusinessUnitStream("acme", id), events.BusinessUnitMirrored{Organization: "acme", ID: id, Name: id})
	}
	for _, stream := range []string{
		events.PersonStream("acme", domain.User("1")), events.RecordStream("acme", domain.Record{Type: "order", ID: "1"}),
		events.RecordTypeStream("acme", "1"), events.CustomerStream("acme", "1"), events.BusinessUnitStream("acme", "1"),
		events.PersonStream("acme", domain.User("nobody")),
	} {
		history = append(history, projectiontest.Tombstone(stream))
	}
	say(events.RecordStream("acme", domain.Record{Type: "order", ID: "2"}), events.RecordRemoved{Organization: "acme", Type: "order", ID: "2"})
	history = append(history, projectiontest.Tombstone(events.CustomerStream("acme", "2")))
	tables := projectiontest.Run(t, directory.Projection, [][]domain.Type{events.Types}, history...)
	for table, want := range map[string][]string{
		"people": {"1|false", "2|false", "2|false"}, "records": {"2|true"},
		"record_types": {"2|false"}, "business_units": {"2|false"}, "customers": {},
	} {
		id := "id"
		if table == "record_types" {
			id = "type"
		}
		if diff := cmp.Diff(want, tables.Select(table, id+", removed")); diff != "" {
			t.Errorf("%s differ (-want +got):\n%s", table, diff)
		}
	}
}
