package commands_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"parley/commands"
	"parley/domain"
	"parley/domain/access"
	"parley/domain/conversation"
	"parley/domain/directory"
	"parley/domain/eventlog"
)

const acme = "acme"

func newDirectory(t *testing.T, log eventlog.Log) (*commands.Directory, *commands.Follower) {
	t.Helper()
	i := newInstance(t, log)
	return commands.NewDirectory(i.deps), i.deps.Follower
}

func mirror[T directory.Value[T]](t *testing.T, r *commands.Mirrored[T], id uuid.UUID, value T) eventlog.Position {
	t.Helper()
	out, err := r.Update(t.Context(), id, request(), func(l commands.Loaded[directory.Entry[T]]) ([]directory.Event[T], error) {
		return directory.Mirror(l.State, value)
	})
	if err != nil {
		t.Fatal(err)
	}
	return out.Position
}

func mirrorPerson(t *testing.T, d *commands.Directory, p directory.PersonMirrored) eventlog.Position {
	t.Helper()
	p.Organization, p.Enabled = acme, true
	if p.Name == "" {
		p.Name = "Name of " + p.ID
	}
	return mirror(t, d.People, directory.PersonID(acme, p.Person()), p)
}

func user(id string) directory.PersonMirrored {
	return directory.PersonMirrored{Kind: domain.KindUser, ID: id, Roles: []string{"user"}}
}

func buyer(id, customer string, roles ...string) directory.PersonMirrored {
	return directory.PersonMirrored{Kind: domain.KindCustomerUser, ID: id, Customer: customer, Roles: roles}
}

func mirrorCustomer(t *testing.T, d *commands.Directory, id, parent string) {
	t.Helper()
	mirror(t, d.Customers, directory.CustomerID(acme, id), directory.CustomerMirrored{Organization: acme, ID: id, Name: "Name of " + id, Parent: parent})
}

func mirrorUnit(t *testing.T, d *commands.Directory, id, parent string) {
	t.Helper()
	mirror(t, d.BusinessUnits, directory.BusinessUnitID(acme, id), directory.BusinessUnitMirrored{Organization: acme, ID: id, Name: "Name of " + id, Parent: parent})
}

func mirrorRecord(t *testing.T, d *commands.Directory, r directory.RecordMirrored) {
	t.Helper()
	r.Organization, r.Type, r.Label = acme, "order", r.ID
	mirror(t, d.Records, directory.RecordID(acme, r.Record()), r)
}

func TestDirectory_knows_what_was_mirrored_at_once_and_elsewhere_soon(t *testing.T) {
	t.Parallel()
	log := openLog(t, t.TempDir())
	here, _ := newDirectory(t, log)
	there, follower := newDirectory(t, log)
	p := domain.User("ann")
	for _, d := range []*commands.Directory{here, there} {
		v, err := d.Person(t.Context(), acme, p)
		if err != nil || v.Known || v.Enabled || v.Name != "ann" {
			t.Fatalf("unknown person is %+v (%v)", v, err)
		}
	}
	position := mirrorPerson(t, here, user("ann"))
	if v, err := here.Person(t.Context(), acme, p); err != nil || !v.Enabled || v.Name != "Name of ann" {
		t.Fatalf("mirrored person is %+v (%v)", v, err)
	}
	if err := follower.Wait(t.Context(), position); err != nil {
		t.Fatal(err)
	}
	if v, err := there.Person(t.Context(), acme, p); err != nil || !v.Enabled {
		t.Fatalf("mirrored person is, elsewhere, %+v (%v)", v, err)
	}
	if v, err := here.Person(t.Context(), "globex", p); err != nil || v.Known {
		t.Fatalf("another organization knows %+v (%v)", v, err)
	}
}

func TestDirectory_lets_act_only_who_is_known_and_enabled(t *testing.T) {
	t.Parallel()
	d, _ := newDirectory(t, openLog(t, t.TempDir()))
	ann := user("ann")
	ann.BusinessUnit = "sales"
	mirrorPerson(t, d, ann)
	a, err := d.Actor(t.Context(), acme, domain.User("ann"))
	want := access.Actor{
		Person: domain.User("ann"), Name: "Name of ann", Organization: acme, BusinessUnit: "sales",
		Roles: []string{"user"}, Permissions: access.Granted(domain.KindUser, []string{"user"}),
	}
	if diff := cmp.Diff(want, a); diff != "" || err != nil {
		t.Fatalf("actor (-want +got), %v:\n%s", err, diff)
	}
	ann.Organization, ann.Name, ann.Enabled = acme, "Ann", false
	mirror(t, d.People, directory.PersonID(acme, ann.Person()), ann)
	_, err = d.Actor(t.Context(), acme, domain.User("ann"))
	wantCode(t, err, domain.CodeUnauthenticated)
	mirrorPerson(t, d, ann)
	if _, err := d.People.Update(t.Context(), directory.PersonID(acme, ann.Person()), request(),
		func(l commands.Loaded[directory.Entry[directory.PersonMirrored]]) ([]directory.Event[directory.PersonMirrored], error) {
			return directory.Remove(l.State)
		}); err != nil {
		t.Fatal(err)
	}
	_, err = d.Actor(t.Context(), acme, domain.User("ann"))
	wantCode(t, err, domain.CodeUnauthenticated)
	if v, err := d.Person(t.Context(), acme, domain.User("ann")); err != nil || !v.Removed || v.Name != "Ann" {
		t.Fatalf("removed person is %+v (%v)", v, err)
	}
	for _, p := range []domain.Person{domain.User("nobody"), domain.CustomerUser("ann")} {
		_, err = d.Actor(t.Context(), acme, p)
		wantCode(t, err, domain.CodeUnauthenticated)
	}
}

func TestDirectory_climbs_trees_and_survives_circles(t *testing.T) {
	t.Parallel()
	d, _ := newDirectory(t, openLog(t, t.TempDir()))
	mirrorUnit(t, d, "berlin", "germany")
	mirrorUnit(t, d, "germany", "world")
	mirrorUnit(t, d, "hen", "egg")
	mirrorUnit(t, d, "egg", "hen")
	for start, want := range map[string][]string{
		"":       nil,
		"moon":   {"moon"},
		"berlin": {"berlin", "germany", "world"},
		"hen":    {"hen", "egg"},
	} {
		got, err := d.UnitPath(t.Context(), acme, start)
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("path of %q is %v (%v), want %v", start, got, err, want)
		}
	}
}

func TestDirectory_gathers_the_facts_of_a_conversation(t *testing.T) {
	t.Parallel()
	d, _ := newDirectory(t, openLog(t, t.TempDir()))
	ann := user("ann")
	ann.BusinessUnit = "berlin"
	mirrorPerson(t, d, ann)
	mirrorUnit(t, d, "berlin", "germany")
	mirrorCustomer(t, d, "northwind", "holding")
	c := &conversation.Conversation{
		Organization: acme, Status: conversation.Active, Owner: "ann", CustomerUser: "bob", Customer: "northwind",
		Participants: []conversation.Participant{{Person: domain.User("ann")}},
	}
	got, err := d.Facts(t.Context(), c, access.Actor{Person: domain.User("ann")})
	want := access.Facts{
		Organization: acme, Owner: "ann", OwnerUnits: []string{"berlin", "germany"},
		CustomerUser: "bob", Customers: []string{"northwind", "holding"}, Participant: true, Active: true,
	}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Fatalf("facts (-want +got), %v:\n%s", err, diff)
	}
}

func TestDirectory_shows_people_and_records_to_whom_they_concern(t *testing.T) {
	t.Parallel()
	d, _ := newDirectory(t, openLog(t, t.TempDir()))
	mirrorCustomer(t, d, "northwind", "")
	mirrorCustomer(t, d, "northwind-berlin", "northwind")
	bob := buyer("bob", "northwind-berlin", "buyer")
	bob.SalesRepresentative = "ann"
	for _, p := range []directory.PersonMirrored{
		user("ann"), user("ben"), bob, buyer("chief", "northwind", "customer-administrator"), buyer("eve", "contoso", "buyer"),
	} {
		mirrorPerson(t, d, p)
	}
	mirrorRecord(t, d, directory.RecordMirrored{ID: "1", CustomerUser: "bob", Customer: "northwind-berlin"})
	mirrorRecord(t, d, directory.RecordMirrored{ID: "2", CustomerUser: "eve", Customer: "contoso"})
	mirrorRecord(t, d, directory.RecordMirrored{ID: "3"})
	order := func(id string) domain.Record { return domain.Record{Type: "order", ID: id} }
	person := func(k domain.Kind, id string) domain.Record { return domain.Record{Type: string(k), ID: id} }
	const u, c = domain.KindUser, domain.KindCustomerUser
	for _, row := range []struct {
		who   domain.Person
		sees  []domain.Record
		blind []domain.Record
	}{
		{
			domain.User("ann"),
			[]domain.Record{order("1"), order("2"), order("3"), person(u, "ben"), person(c, "eve")},
			[]domain.Record{order("4"), person(u, "bob")},
		},
		{
			domain.CustomerUser("bob"),
			[]domain.Record{order("1"), person(c, "bob"), person(u, "ann")},
			[]domain.Record{order("2"), order("3"), order("4"), person(c, "chief"), person(c, "eve"), person(u, "ben"), person(u, "bob")},
		},
		{
			domain.CustomerUser("chief"),
			[]domain.Record{order("1"), person(c, "bob"), person(c, "chief")},
			[]domain.Record{order("2"), order("3"), person(c, "eve"), person(u, "ann")},
		},
	} {
		actor, err := d.Actor(t.Context(), acme, row.who)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range slices.Concat(row.sees, row.blind) {
			got, err := d.MayViewRecord(t.Context(), actor, r)
			if want := slices.Contains(row.sees, r); err != nil || got != want {
				t.Errorf("%s sees %v: %t (%v), want %t", row.who, r, got, err, want)
			}
		}
	}
}
