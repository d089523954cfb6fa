package access_test

import (
	"fmt"
	"slices"
	"testing"

	"parley/domain"
	"parley/domain/access"
)

func closed(distance int) access.Facts {
	f := facts(distance, false)
	f.Active, f.Closed = false, true
	return f
}

func TestActions_of_customer_users_follow_the_settings_of_the_workflow(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		workflow       access.Workflow
		active, closed string
	}{
		"as it ships":     {access.Workflow{}, "[add_message]", "[]"},
		"may close":       {access.Workflow{CustomersMayClose: true}, "[add_message close]", "[]"},
		"may reopen":      {access.Workflow{CustomersMayReopen: true}, "[add_message]", "[reopen]"},
		"reopen by reply": {access.Workflow{ReopenOnCustomerReply: true}, "[add_message]", "[add_message]"},
		"all but it is off": {
			access.Workflow{Off: true, CustomersMayClose: true, CustomersMayReopen: true, ReopenOnCustomerReply: true},
			"[add_message]", "[add_message]",
		},
	} {
		a := actor(domain.KindCustomerUser, "customer-administrator")
		a.Workflow = c.workflow
		if got := fmt.Sprint(a.Actions(facts(below, false))); got != c.active {
			t.Errorf("%s, active: %s, want %s", name, got, c.active)
		}
		if got := fmt.Sprint(a.Actions(closed(below))); got != c.closed {
			t.Errorf("%s, closed: %s, want %s", name, got, c.closed)
		}
		if got := a.Actions(facts(elsewhere, false)); len(got) > 0 {
			t.Errorf("%s, out of view: %v", name, got)
		}
	}
}

func TestActions_of_users_follow_the_switch_of_the_workflow_and_not_what_is_set_for_customers(t *testing.T) {
	t.Parallel()
	a := actor(domain.KindUser, "user")
	a.Workflow = access.Workflow{CustomersMayClose: true, CustomersMayReopen: true, ReopenOnCustomerReply: true}
	if got, want := fmt.Sprint(a.Actions(closed(own))), "[edit reopen add_context remove_context]"; got != want {
		t.Errorf("closed: %s, want %s", got, want)
	}
	a.Workflow = access.Workflow{Off: true}
	for name, f := range map[string]access.Facts{"active": facts(own, false), "closed": closed(own)} {
		if got, want := fmt.Sprint(a.Actions(f)), "[add_message edit add_context remove_context]"; got != want {
			t.Errorf("%s, with the workflow off: %s, want %s", name, got, want)
		}
	}
	a = actor(domain.KindUser)
	a.Workflow, a.View = access.Workflow{CustomersMayClose: true}, access.System
	if f := facts(own, false); a.MayClose(f) {
		t.Error("what customers may do lets a user without the permission close")
	}
}

func TestActions_of_a_deleted_conversation_are_not_those_of_its_status(t *testing.T) {
	t.Parallel()
	a, f := actor(domain.KindUser, "administrator"), facts(own, false)
	f.Active = false
	a.Workflow.Off = true
	if got := a.Actions(f); slices.Contains(got, access.AddMessage) || slices.Contains(got, access.Reopen) {
		t.Errorf("of a deleted conversation the administrator may %v", got)
	}
}

func TestActor_may_as_before_whatever_they_are_called(t *testing.T) {
	t.Parallel()
	was := access.Actor{Person: domain.User("ada"), Organization: "acme", BusinessUnit: "sales", Permissions: access.Permissions{View: access.Own}}
	for name, c := range map[string]struct {
		change func(*access.Actor)
		want   bool
	}{
		"renamed":                       {func(a *access.Actor) { a.Name = "Ada" }, true},
		"by other roles the same":       {func(a *access.Actor) { a.Roles = []string{"x"} }, true},
		"with more permissions":         {func(a *access.Actor) { a.View = access.System }, false},
		"in another unit":               {func(a *access.Actor) { a.BusinessUnit = "support" }, false},
		"of another customer":           {func(a *access.Actor) { a.Customer = "x" }, false},
		"with conversations turned off": {func(a *access.Actor) { a.Off = true }, false},
		"of another organization":       {func(a *access.Actor) { a.Organization = "umbrella" }, false},
		"somebody else":                 {func(a *access.Actor) { a.Person.ID = "eve" }, false},
	} {
		now := was
		c.change(&now)
		if got := now.MayAsBefore(was); got != c.want {
			t.Errorf("%s: %t, want %t", name, got, c.want)
		}
	}
}
