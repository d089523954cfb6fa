package directory_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"parley/domain"
	events "parley/domain/directory"
	"parley/projections/directory"
	"parley/projections/projectiontest"
)

// said is a history in which every event has a stream of its own.
func said(history ...domain.Event) []projectiontest.Event {
	var out []projectiontest.Event
	for _, e := range history {
		out = append(out, projectiontest.Event{Stream: domain.Stream("person", domain.DeriveID(e.EventType())), Data: e})
	}
	return out
}

func run(t *testing.T, history ...domain.Event) projectiontest.Tables {
	t.Helper()
	return projectiontest.Run(t, directory.Projection, [][]domain.Type{events.Types}, said(history...)...)
}

func TestDirectory_keeps_the_last_word_on_a_person(t *testing.T) {
	t.Parallel()
	ann := events.PersonMirrored{
		Organization: "acme", Kind: domain.KindUser, ID: "ann", Name: "Ann", Email: "ann@acme.example", Locale: "en",
		BusinessUnit: "sales", Groups: []string{"g"}, Roles: []string{"user", "manager"}, Enabled: true,
	}
	renamed := ann
	renamed.Name, renamed.Groups, renamed.BusinessUnit = "Ännchen", nil, "north"
	tables := run(t, ann, events.PersonMirrored{Organization: "acme", Kind: domain.KindCustomerUser, ID: "ann", Name: "Other", Customer: "c"}, renamed)
	want := []string{
		`customer_user|ann|Other|"other\nann"|c|[]|[]|false|false`,
		`user|ann|Ännchen|"ännchen\nann"|""|[]|"[\"user\",\"manager\"]"|true|false`,
	}
	got := tables.Select("people", "kind, id, name, search, customer, groups, roles, enabled, removed")
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("people differ (-want +got):\n%s", diff)
	}
}

func TestDirectory_keeps_the_names_of_what_is_removed(t *testing.T) {
	t.Parallel()
	tables := run(t,
		events.PersonMirrored{Organization: "acme", Kind: domain.KindUser, ID: "u", Name: "Uma", Enabled: true},
		events.RecordMirrored{Organization: "acme", Type: "order", ID: "1", Label: "One", URL: "https://shop.example/1"},
		events.RecordTypeMirrored{Organization: "acme", Type: "order", Label: "Order"},
		events.CustomerMirrored{Organization: "acme", ID: "c", Name: "Company", Parent: "d"},
		events.BusinessUnitMirrored{Organization: "acme", ID: "b", Name: "Unit", Parent: "a"},
		events.PersonRemoved{Organization: "acme", Kind: domain.KindUser, ID: "u"},
		events.RecordRemoved{Organization: "acme", Type: "order", ID: "1"},
		events.RecordTypeRemoved{Organization: "acme", Type: "order"},
		events.CustomerRemoved{Organization: "acme", ID: "c"},
		events.BusinessUnitRemoved{Organization: "acme", ID: "b"},
	)
	for _, c := range []struct{ table, columns, want string }{
		{"people", "id, name, enabled, removed", "u|Uma|false|true"},
		{"records", "id, label, url, removed", `1|One|""|true`},
		{"record_types", "type, label, removed", "order|Order|true"},
		{"customers", "id, name, parent, removed", `c|Company|""|true`},
		{"business_units", "id, name, parent, removed", `b|Unit|""|true`},
	} {
		if diff := cmp.Diff([]string{c.want}, tables.Select(c.table, c.columns)); diff != "" {
			t.Errorf("%s differ (-want +got):\n%s", c.table, diff)
		}
	}
}

func TestDirectory_takes_back_what_was_removed_when_it_is_mirrored_again(t *testing.T) {
	t.Parallel()
	record := events.RecordMirrored{Organization: "acme", Type: "order", ID: "1", Label: "One", URL: "https://shop.example/1"}
	tables := run(t, record, events.RecordRemoved{Organization: "acme", Type: "order", ID: "1"}, record)
	if diff := cmp.Diff([]string{"One|https://shop.example/1|false"}, tables.Select("records", "label, url, removed")); diff != "" {
		t.Errorf("records differ (-want +got):\n%s", diff)
	}
}
