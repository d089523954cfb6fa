package directory_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"parley/domain"
	"parley/domain/directory"
)

var bob = directory.PersonMirrored{
	Organization: "acme", Kind: domain.KindCustomerUser, ID: "bob", Name: "Bob", Roles: []string{"buyer"}, Enabled: true,
}

func person(events ...directory.Event[directory.PersonMirrored]) *directory.Entry[directory.PersonMirrored] {
	e := &directory.Entry[directory.PersonMirrored]{}
	for _, event := range events {
		directory.People.Apply(e, event)
	}
	return e
}

func TestMirror_records_what_differs(t *testing.T) {
	t.Parallel()
	other := bob
	other.Roles = []string{"customer-administrator"}
	gone := directory.PersonRemoved{Organization: "acme", Kind: domain.KindCustomerUser, ID: "bob"}
	for name, c := range map[string]struct {
		given *directory.Entry[directory.PersonMirrored]
		value directory.PersonMirrored
		want  int
	}{
		"a person not heard of":         {person(), bob, 1},
		"an equal value":                {person(bob), bob, 0},
		"another role":                  {person(bob), other, 1},
		"an equal value after removal":  {person(bob, gone), bob, 1},
		"no groups instead of an empty": {person(bob), func() directory.PersonMirrored { p := bob; p.Groups = []string{}; return p }(), 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			events, err := directory.Mirror(c.given, c.value)
			if err != nil || len(events) != c.want {
				t.Errorf("%d events, error %v; want %d events", len(events), err, c.want)
			}
		})
	}
}

func TestRemove_keeps_the_last_value_and_happens_once(t *testing.T) {
	t.Parallel()
	e := person(bob)
	events, err := directory.Remove(e)
	want := []directory.Event[directory.PersonMirrored]{
		directory.PersonRemoved{Organization: "acme", Kind: domain.KindCustomerUser, ID: "bob"},
	}
	if diff := cmp.Diff(want, events); err != nil || diff != "" {
		t.Fatalf("error %v, events (-want +got):\n%s", err, diff)
	}
	directory.People.Apply(e, events[0])
	if e.Here() || e.Last.Name != "Bob" {
		t.Errorf("after removal: here %t, name %q", e.Here(), e.Last.Name)
	}
	for _, e := range []*directory.Entry[directory.PersonMirrored]{e, person()} {
		if again, err := directory.Remove(e); len(again) > 0 || err != nil {
			t.Errorf("removing what is not there: %v, error %v", again, err)
		}
	}
}

func TestMirror_says_all_that_is_wrong_at_once(t *testing.T) {
	t.Parallel()
	wrong := directory.PersonMirrored{
		Name: " ", Email: "a b@c", Locale: "<de>", BusinessUnit: "a\nb", Customer: strings.Repeat("x", 129), Roles: []string{"user", ""},
	}
	_, err := directory.Mirror(person(), wrong)
	e, _ := errors.AsType[*domain.Error](err)
	if e == nil {
		t.Fatalf("got %v", err)
	}
	var got []string
	for _, f := range e.Fields {
		got = append(got, f.Pointer)
	}
	want := []string{"/name", "/email", "/locale", "/business_unit", "/customer", "/roles/1"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("pointers (-want +got):\n%s", diff)
	}
}

func TestRecordMirrored_takes_only_links_that_cannot_be_scripts(t *testing.T) {
	t.Parallel()
	for url, ok := range map[string]bool{
		"": true, "https://shop.example/order/1?x=1#y": true, "http://localhost:8080": true, "/orders/1": true,
		"javascript:alert(1)": false, "data:text/html,x": false, "//evil.example": false, "/\\evil.example": false,
		"https:": false, "orders/1": false, "https://a b": false, "JaVaScRiPt:x": false, "\x01javascript:x": false,
	} {
		r := directory.RecordMirrored{Type: "order", ID: "1", Label: "1", URL: url}
		if got := len(r.Check()) == 0; got != ok {
			t.Errorf("%q accepted: %t, want %t", url, got, ok)
		}
	}
}

func TestPersonMirrored_takes_only_addresses_that_are_one(t *testing.T) {
	t.Parallel()
	for address, ok := range map[string]bool{
		"": true, "a@b": true, "anna.müller@staff.example": true,
		"a": false, "@b": false, "a@": false, "a@b@c": false, "a@b\nBcc: x@y": false, "a@b,c@d": false, "A <a@b>": false,
	} {
		p := bob
		p.Email = address
		if got := len(p.Check()) == 0; got != ok {
			t.Errorf("%q accepted: %t, want %t", address, got, ok)
		}
	}
}

func TestCustomer_is_not_its_own_parent(t *testing.T) {
	t.Parallel()
	if len((directory.CustomerMirrored{ID: "a", Name: "A", Parent: "a"}).Check()) == 0 {
		t.Error("accepted")
	}
}

func TestIDs_differ_between_kinds_types_and_organizations(t *testing.T) {
	t.Parallel()
	streams := map[string]bool{}
	for _, s := range []string{
		directory.PersonStream("acme", domain.User("1")), directory.PersonStream("acme", domain.CustomerUser("1")),
		directory.PersonStream("umbrella", domain.User("1")), directory.RecordStream("acme", domain.Record{Type: "order", ID: "1"}),
		directory.RecordStream("acme", domain.Record{Type: "rfq", ID: "1"}), directory.RecordTypeStream("acme", "1"),
		directory.CustomerStream("acme", "1"), directory.BusinessUnitStream("acme", "1"),
	} {
		if streams[s] {
			t.Errorf("two things share the stream %s", s)
		}
		streams[s] = true
	}
}
