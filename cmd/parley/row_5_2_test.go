package main_test

import (
	"net/http"
	"slices"
	"testing"
	"time"
)

// Roles are what the settings make of them, at every entry and at once: those
// that ship are redefined, new ones are given, and taken back.
func TestRow_5_2_roles_are_redefined_at_run_time(t *testing.T) {
	onBothStacks(t, func(t *testing.T, stores []string) {
		p := serve(t, stores)
		at := p.begin("roles")
		note := p.as(anOwner).post(at+"/messages", noting("between us")).want(http.StatusCreated)
		p.ask(t, []probe{
			{"a colleague edits", aColleague, "PATCH", at, obj{"name": "x"}, nil, "403"},
			{"a colleague deletes", aColleague, "DELETE", at, nil, nil, "403"},
		})
		p.set(obj{"roles": obj{
			"user":    obj{"edit": "business_unit", "delete": "system"},
			"manager": obj{"view": "none", "internal": false},
			"buyer":   obj{"view": "none", "create": "none"},
		}})
		p.ask(t, []probe{
			{"a colleague edits", aColleague, "PATCH", at, obj{"name": "roles"}, nil, "200"},
			{"a manager who views nothing", aManager, "GET", at, nil, nil, "404"},
			{"a manager who views nothing writes", aManager, "POST", at + "/messages", saying("x"), nil, "404"},
			{"a buyer who takes part", aBuyer, "GET", at, nil, nil, "200"},
			{"a buyer starts", aBuyer, "POST", "/v1/conversations", obj{"name": "x", "message": saying("x")}, nil, "403"},
		})
		name, position := note.since()
		p.as(aManager).get("/v1/conversations", name, position).shows("a manager's list", "items", "name")
		if me := p.as(aManager).get("/v1/me"); me.field("permissions.view") != "none" || me.field("permissions.internal") != false {
			t.Errorf("the manager is told %s", me.body)
		}
		if got := p.as(aColleague).get(at).each("actions", ""); !slices.Contains(got, "delete") || !slices.Contains(got, "edit") {
			t.Errorf("the colleague is offered %q", got)
		}
		p.ask(t, []probe{{"a colleague deletes", aColleague, "DELETE", at, nil, nil, "204"}})
		p.set(obj{"roles": obj{"user": nil, "manager": nil, "buyer": nil}})
		if me := p.as(aManager).get("/v1/me"); me.field("permissions.view") != "system" || me.field("permissions.internal") != true {
			t.Errorf("given back its defaults, a manager is told %s", me.body)
		}
	})
}

func TestRow_5_2_roles_of_an_organization_s_own_are_given_and_taken(t *testing.T) {
	onBothStacks(t, func(t *testing.T, stores []string) {
		p := serve(t, stores)
		at := p.begin("own roles")
		mirror := obj{"name": "Gil", "roles": arr{"auditor"}}
		guest := p.as(anAdmin).send(http.MethodPut, "/v1/people/user/gil", mirror).want(http.StatusNoContent)
		const gil = "user:gil"
		name, position := guest.since()
		p.as(gil).get("/v1/conversations", name, position).shows("without a role that there is", "items", "name")
		p.set(obj{"roles": obj{"auditor": obj{"kind": "user", "view": "system", "administer": true}}})
		p.ask(t, []probe{
			{"views", gil, "GET", at, nil, nil, "200"},
			{"sees the history", gil, "GET", at + "/history", nil, nil, "200"},
			{"sets", gil, "PATCH", "/v1/settings", obj{}, nil, "200"},
			{"writes", gil, "POST", at + "/messages", saying("x"), nil, "403"},
			{"takes the own right away", gil, "PATCH", "/v1/settings", obj{"roles": obj{"auditor": nil}}, nil, "422 /roles"},
			{"another takes it away", anAdmin, "PATCH", "/v1/settings", obj{"roles": obj{"auditor": nil}}, nil, "200"},
			{"views", gil, "GET", at, nil, nil, "404"},
			{"sets", gil, "PATCH", "/v1/settings", obj{}, nil, "403"},
		})
		p.as(gil).get("/v1/conversations").shows("taken back", "items", "name")
	})
}

// What is changed on one instance holds on the other, and ends the streams there
// whose people it concerns.
func TestRow_5_2_changes_reach_the_other_instance_and_end_its_streams(t *testing.T) {
	t.Parallel()
	stores := stacks[distributed](t)
	one := serve(t, stores)
	two := serve(t, append(slices.Clone(stores), "--data", t.TempDir()))
	at := one.begin("two instances")
	theirs := map[string]*stream{}
	for _, who := range []string{aColleague, aManager, aBuyer, anAdmin} {
		theirs[who], _ = two.as(who).live("")
	}
	set := one.set(obj{"roles": obj{"user": obj{"edit": "system"}}})
	began := time.Now()
	two.as(aColleague).send(http.MethodPatch, at, obj{"name": "changed there"}, "Parley-Min-Position", set).want(http.StatusOK)
	theirs[aColleague].awaitEnd()
	t.Logf("changed and cut off elsewhere after %v", time.Since(began))

	disabled := one.as(anAdmin).send(http.MethodPut, "/v1/people/user/manager", obj{"name": "Max", "roles": arr{"manager"}, "enabled": false}).want(http.StatusNoContent)
	name, position := disabled.since()
	two.as(aManager).get("/v1/me", name, position).want(http.StatusUnauthorized)
	theirs[aManager].awaitEnd()

	one.as(anAdmin).send(http.MethodPut, "/v1/people/customer_user/buyer", obj{"name": "Bert", "customer": "northwind"}).want(http.StatusNoContent)
	theirs[aBuyer].awaitEnd()
	theirs[anAdmin].close()
	eventually(t, streamLimit, "a change is there without being waited for", func() bool {
		return two.as(anAdmin).get("/v1/settings").field("roles.user.edit") == "system"
	})
}
