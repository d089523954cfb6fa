package access_test

import (
	"fmt"
	"slices"
	"testing"

	"parley/domain"
	"parley/domain/access"
)

// The distances between an actor and a conversation, nearest first. Each case
// of the table names the farthest that a permission reaches.
const (
	nowhere = iota
	own
	sameUnit
	below
	elsewhere
)

type reach struct{ view, create, edit, remove, assign int }

var table = []struct {
	role                                       string
	kind                                       domain.Kind
	reach                                      reach
	transitions, actAs, internal, admin, joins bool
}{
	{"user", domain.KindUser, reach{elsewhere, own, own, nowhere, nowhere}, true, true, true, false, false},
	{"manager", domain.KindUser, reach{elsewhere, own, below, own, nowhere}, true, true, true, false, false},
	{"administrator", domain.KindUser, reach{elsewhere, elsewhere, elsewhere, elsewhere, elsewhere}, true, true, true, true, false},
	{"buyer", domain.KindCustomerUser, reach{own, own, nowhere, nowhere, nowhere}, false, false, false, false, false},
	{"customer-administrator", domain.KindCustomerUser, reach{below, own, nowhere, nowhere, nowhere}, false, false, false, false, true},
}

// facts returns the facts of a conversation at a distance from the actor "me"
// of unit and customer "b", which lies under "a".
func facts(distance int, participant bool) access.Facts {
	f := access.Facts{
		Organization: "acme", Owner: "other", CustomerUser: "other", Participant: participant, Active: true,
	}
	switch distance {
	case own:
		f.Owner, f.CustomerUser = "me", "me"
	case sameUnit:
		f.OwnerUnits, f.Customers = []string{"b", "a"}, []string{"b", "a"}
	case below:
		f.OwnerUnits, f.Customers = []string{"c", "b", "a"}, []string{"c", "b", "a"}
	case elsewhere:
		f.OwnerUnits, f.Customers = []string{"a"}, []string{"a"}
	}
	return f
}

func actor(kind domain.Kind, roles ...string) access.Actor {
	return access.Actor{
		Person: domain.Person{Kind: kind, ID: "me"}, Organization: "acme", BusinessUnit: "b", Customer: "b",
		Roles: roles, Permissions: access.Granted(kind, roles),
	}
}

func TestRoles_reach_as_far_as_the_policy_table_says(t *testing.T) {
	t.Parallel()
	for _, row := range table {
		a := actor(row.kind, row.role)
		for distance := own; distance <= elsewhere; distance++ {
			f := facts(distance, false)
			view := distance <= row.reach.view
			for name, c := range map[string]struct{ got, want bool }{
				"view":    {a.MayView(f), view},
				"create":  {a.MayCreate(f), distance <= row.reach.create},
				"edit":    {a.MayEdit(f), distance <= row.reach.edit},
				"delete":  {a.MayDelete(f), distance <= row.reach.remove},
				"assign":  {a.MayAssign(f), distance <= row.reach.assign},
				"close":   {a.MayClose(f), view && row.transitions},
				"reopen":  {a.MayReopen(f), view && row.transitions},
				"message": {a.MayAddMessage(f), view && (row.joins || distance <= row.reach.edit)},
			} {
				if c.got != c.want {
					t.Errorf("%s: %s at distance %d is %t, want %t", row.role, name, distance, c.got, c.want)
				}
			}
		}
	}
}

func TestRoles_grant_the_flags_of_the_policy_table(t *testing.T) {
	t.Parallel()
	for _, row := range table {
		p := access.Granted(row.kind, []string{row.role})
		got := fmt.Sprint(p.Transitions, p.ActAs, p.Internal, p.Administer, p.AddToViewed)
		want := fmt.Sprint(row.transitions, row.actAs, row.internal, row.admin, row.joins)
		if got != want {
			t.Errorf("%s grants %s, want %s", row.role, got, want)
		}
	}
	if len(table) != len(access.Roles) {
		t.Errorf("%d roles ship, %d are in the table", len(access.Roles), len(table))
	}
}

func TestActor_sees_nothing_of_another_organization(t *testing.T) {
	t.Parallel()
	for _, row := range table {
		f := facts(own, true)
		f.Organization = "umbrella"
		a := actor(row.kind, row.role)
		if a.MayView(f) || a.MayCreate(f) || len(a.Actions(f)) > 0 {
			t.Errorf("%s reaches into another organization", row.role)
		}
	}
}

func TestParticipant_views_and_writes_whatever_the_level(t *testing.T) {
	t.Parallel()
	for _, kind := range []domain.Kind{domain.KindUser, domain.KindCustomerUser} {
		a, f := actor(kind), facts(elsewhere, true)
		if !a.MayView(f) || !a.MayAddMessage(f) {
			t.Errorf("a participating %s may not view and write", kind)
		}
		if a.MayEdit(f) || a.MayDelete(f) || a.MayAssign(f) || a.MayClose(f) || a.MayReopen(f) {
			t.Errorf("taking part gives a %s more than view and write", kind)
		}
	}
}

func TestGranted_joins_roles_and_passes_over_those_of_the_other_kind(t *testing.T) {
	t.Parallel()
	p := access.Granted(domain.KindUser, []string{"user", "manager", "customer-administrator", "unheard-of"})
	if p != access.Roles["manager"].Permissions {
		t.Errorf("user and manager together grant %+v", p)
	}
	if p := access.Granted(domain.KindCustomerUser, []string{"administrator"}); p != (access.Permissions{}) {
		t.Errorf("a customer user with a users' role is granted %+v", p)
	}
}

func TestActor_without_unit_reaches_no_conversation_without_unit(t *testing.T) {
	t.Parallel()
	a := actor(domain.KindUser, "manager")
	a.BusinessUnit = ""
	if f := facts(elsewhere, false); a.MayEdit(access.Facts{Organization: f.Organization, Owner: "other", OwnerUnits: []string{""}}) {
		t.Error("two missing units count as the same one")
	}
}

func TestActions_follow_the_state_of_the_workflow(t *testing.T) {
	t.Parallel()
	a, f := actor(domain.KindUser, "administrator"), facts(elsewhere, false)
	if got, want := fmt.Sprint(a.Actions(f)), "[add_message edit assign delete close add_context remove_context]"; got != want {
		t.Errorf("active: %s, want %s", got, want)
	}
	f.Active, f.Closed = false, true
	if got, want := fmt.Sprint(a.Actions(f)), "[edit assign delete reopen add_context remove_context]"; got != want {
		t.Errorf("closed: %s, want %s", got, want)
	}
}

func TestSystemActor_may_do_all_in_its_organization(t *testing.T) {
	t.Parallel()
	if got := len(access.SystemActor("acme").Actions(facts(elsewhere, false))); got != 7 {
		t.Errorf("the system may do %d actions, want 7", got)
	}
}

func TestLevel_names_itself_as_the_contract_does(t *testing.T) {
	t.Parallel()
	for level, want := range map[access.Level]string{
		access.None: "none", access.Own: "own", access.Unit: "business_unit",
		access.UnitAndBelow: "business_unit_and_below", access.Organization: "organization", access.System: "system",
	} {
		if level.String() != want {
			t.Errorf("level %d is called %s, want %s", level, level, want)
		}
	}
}

func TestLevel_reaches_as_far_as_it_says_for_either_kind(t *testing.T) {
	t.Parallel()
	farthest := map[access.Level]int{
		access.None: nowhere, access.Own: own, access.Unit: sameUnit, access.UnitAndBelow: below,
		access.Organization: elsewhere, access.System: elsewhere,
	}
	for level, reach := range farthest {
		for _, kind := range []domain.Kind{domain.KindUser, domain.KindCustomerUser} {
			a := actor(kind)
			a.Permissions = access.Permissions{View: level, Create: level, Edit: level, Delete: level, Assign: level}
			for distance := own; distance <= elsewhere; distance++ {
				f, want := facts(distance, false), distance <= reach
				got := []bool{a.MayView(f), a.MayCreate(f), a.MayEdit(f), a.MayDelete(f), a.MayAssign(f), a.MayAddMessage(f)}
				if slices.Contains(got, !want) {
					t.Errorf("%s of a %s at distance %d: %v, want all %t", level, kind, distance, got, want)
				}
			}
		}
	}
}

func TestPermission_never_reaches_beyond_view(t *testing.T) {
	t.Parallel()
	a, f := actor(domain.KindUser), facts(sameUnit, false)
	a.Permissions = access.Permissions{
		View: access.Own, Edit: access.System, Delete: access.System, Assign: access.System, Transitions: true, AddToViewed: true,
	}
	if actions := a.Actions(f); len(actions) > 0 {
		t.Errorf("of what is out of view the actor may %v", actions)
	}
}
