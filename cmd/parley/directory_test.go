package main_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// A name that the commerce system changes is the only one from then on, wherever
// it stands, also in what was written before.
func TestDirectory_renames_show_everywhere_at_once(t *testing.T) {
	onBothStacks(t, func(t *testing.T, stores []string) {
		p := serve(t, stores)
		at := p.beginAs(anOwner, obj{"source": aRecord("order", "1001"), "message": saying("x")})
		p.as(aBuyer).post(at+"/messages", saying("y")).want(http.StatusCreated)
		for path, body := range map[string]obj{
			"people/user/user":           {"name": "Ursula", "business_unit": "sales", "roles": arr{"user"}},
			"people/customer_user/buyer": {"name": "Bertha", "customer": "northwind", "sales_representative": "user", "roles": arr{"buyer"}},
			"customers/northwind":        {"name": "Northwind Ltd"},
			"business-units/sales":       {"name": "Selling"},
			"record-types/order":         {"label": "Purchase"},
		} {
			p.as(anAdmin).send(http.MethodPut, "/v1/"+path, body).want(http.StatusNoContent)
		}
		relabelled := p.as(anAdmin).send(http.MethodPut, "/v1/records/order/1001", obj{
			"label": "PO-1001", "url": "https://shop.example/1001", "customer_user": "buyer", "customer": "northwind", "owner": "user",
		}).want(http.StatusNoContent)
		name, position := relabelled.since()
		now := map[string]any{
			"name": "Order 1001", "owner.name": "Ursula", "customer_user.name": "Bertha", "customer.name": "Northwind Ltd",
			"source.label": "PO-1001", "source.url": "https://shop.example/1001", "contexts.0.label": "Ursula", "contexts.1.label": "Bertha", "contexts.2.label": "PO-1001",
			"participants.0.person.name": "Ursula", "participants.1.person.name": "Bertha", "last_message.from.name": "Bertha", "last_message.author.name": "Bertha",
		}
		p.as(anAdmin).get(at, name, position).tells(t, now)
		p.as(anAdmin).send(http.MethodPatch, at, obj{}).tells(t, now)
		for _, list := range []string{"/v1/conversations", "/v1/records/order/1001/activities", "/v1/records/customer_user/buyer/activities"} {
			p.as(anAdmin).get(list, name, position).tells(t, under("items.0.", now))
		}
		p.as(anAdmin).get(at+"/messages", name, position).shows("messages", "items", "from.name", "Ursula", "Bertha")
		p.as(anAdmin).get(at+"/history", name, position).tells(t, map[string]any{"items.0.actor.name": "Ursula"})
		p.as(anOwner).get("/v1/me/unread", name, position).tells(t, map[string]any{"items.0.from.name": "Bertha"})
		p.as(anOwner).get("/v1/me", name, position).tells(t, map[string]any{"person.name": "Ursula", "business_unit.name": "Selling"})
		p.as(aBuyer).get("/v1/me", name, position).tells(t, map[string]any{"person.name": "Bertha", "customer.name": "Northwind Ltd"})
		p.as(anAdmin).get("/v1/people?q=uma", name, position).shows("by the old name", "items", "id")
		p.as(anAdmin).get("/v1/people?q=ursu", name, position).shows("by the new one", "items", "id", "user")
		p.as(anAdmin).get("/v1/records?q=po-", name, position).shows("records", "items", "id", "1001")
		p.as(anAdmin).get("/v1/record-types", name, position).shows("types", "items", "label", "Purchase", "Quote", "Request for Quote")
		p.as(anOwner).post("/v1/conversations", obj{"source": aRecord("order", "1001")}).tells(t, map[string]any{"name": "Purchase PO-1001"})
	})
}

// under puts a path before each of these.
func under(path string, values map[string]any) map[string]any {
	moved := map[string]any{}
	for name, value := range values {
		moved[path+name] = value
	}
	return moved
}

// What the tree of units and of companies says decides at once, in commands and
// in questions; a circle in it harms nobody.
func TestDirectory_moves_in_the_trees_decide_at_once_who_may(t *testing.T) {
	onBothStacks(t, func(t *testing.T, stores []string) {
		p := serve(t, stores)
		put := func(path string, body obj) {
			t.Helper()
			name, position := p.as(anAdmin).send(http.MethodPut, "/v1/"+path, body).want(http.StatusNoContent).since()
			p.as(anAdmin).get("/v1/people", name, position).want(http.StatusOK)
		}
		put("business-units/north", obj{"name": "North", "parent": "sales"})
		put("business-units/far", obj{"name": "Far", "parent": "north"})
		put("customers/daughter", obj{"name": "Daughter", "parent": "northwind"})
		put("people/user/nora", obj{"name": "Nora", "business_unit": "far", "roles": arr{"user"}})
		put("people/customer_user/dora", obj{"name": "Dora", "customer": "daughter", "sales_representative": "nora", "roles": arr{"buyer"}})
		at := p.beginAs("customer_user:dora", obj{"name": "daughter's", "message": saying("x")})
		for _, move := range []struct {
			says, path  string
			body        obj
			edits, sees string
		}{
			{"below the manager's unit, and the chief's company", "", nil, "200", "200"},
			{"the unit's parent elsewhere", "business-units/north", obj{"name": "North"}, "403", "200"},
			{"the company alone", "customers/daughter", obj{"name": "Daughter"}, "403", "404"},
			{"a circle", "business-units/north", obj{"name": "North", "parent": "far"}, "403", "404"},
			{"a circle of companies", "customers/daughter", obj{"name": "Daughter", "parent": "daughter2"}, "403", "404"},
			{"closed", "customers/daughter2", obj{"name": "Daughter 2", "parent": "daughter"}, "403", "404"},
			{"back", "business-units/north", obj{"name": "North", "parent": "sales"}, "200", "404"},
			{"the company, too", "customers/daughter", obj{"name": "Daughter", "parent": "northwind"}, "200", "200"},
			{"the owner in another unit", "people/user/nora", obj{"name": "Nora", "business_unit": "other", "roles": arr{"user"}}, "403", "200"},
			{"and in the manager's own", "people/user/nora", obj{"name": "Nora", "business_unit": "sales", "roles": arr{"user"}}, "200", "200"},
		} {
			if move.path != "" {
				put(move.path, move.body)
			}
			p.ask(t, []probe{
				{move.says + ": the manager edits", aManager, "PATCH", at, obj{"name": "daughter's"}, nil, move.edits},
				{move.says + ": the chief writes", aChief, "POST", at + "/messages", obj{}, nil, strings.Replace(move.sees, "200", "422 /body", 1)},
				{move.says + ": the chief reads", aChief, "GET", at, nil, nil, move.sees},
			})
			listed := strings.Contains(string(p.as(aChief).get("/v1/conversations").body), "daughter's")
			if listed != (move.sees == "200") {
				t.Errorf("%s: the chief's list has it: %v", move.says, listed)
			}
			editable := strings.Contains(strings.Join(p.as(aManager).get(at).each("actions", ""), " "), "edit")
			if editable != (move.edits == "200") {
				t.Errorf("%s: the manager is offered to edit: %v", move.says, editable)
			}
		}
	})
}

// An import says of everything in the directory what a PUT says, and the other
// way round.
func TestDirectory_is_mirrored_by_imports_as_by_single_requests(t *testing.T) {
	onBothStacks(t, func(t *testing.T, stores []string) {
		p := serve(t, stores)
		lines := strings.Join([]string{
			`{"kind":"record_type","type":"return","label":"Return","organization":"acme"}`,
			`{"kind":"business_unit","id":"u","name":"Unit","parent":"sales","organization":"acme"}`,
			`{"kind":"customer","id":"c","name":"Company","parent":"northwind","organization":"acme"}`,
			`{"kind":"person","person_kind":"user","id":"ina","name":"Ina","email":"ina@acme.example","business_unit":"u","groups":["g"],"roles":["user"],"locale":"de","organization":"acme"}`,
			`{"kind":"person","person_kind":"customer_user","id":"carl","name":"Carl","customer":"c","sales_representative":"ina","roles":["buyer"],"organization":"acme"}`,
			`{"kind":"record","type":"return","id":"7","label":"Seven","url":"https://shop.example/7","customer_user":"carl","customer":"c","owner":"ina","organization":"acme"}`,
		}, "\n") + "\n"
		bring := func(want string) {
			t.Helper()
			answer := p.as(anAdmin).post("/v1/import", lines, "Content-Type", "application/x-ndjson").want(http.StatusOK)
			if n := strings.Count(string(answer.body), `"status":"`+want+`"`); n != 6 {
				t.Errorf("%d lines are %s, want 6: %s", n, want, answer.body)
			}
		}
		bring("created")
		bring("unchanged")
		_, before := p.as(anAdmin).readAll(url.Values{})
		for path, body := range map[string]obj{
			"business-units/u":          {"name": "Unit", "parent": "sales"},
			"customers/c":               {"name": "Company", "parent": "northwind"},
			"people/user/ina":           {"name": "Ina", "email": "ina@acme.example", "business_unit": "u", "groups": arr{"g"}, "roles": arr{"user"}, "locale": "de"},
			"people/customer_user/carl": {"name": "Carl", "customer": "c", "sales_representative": "ina", "roles": arr{"buyer"}, "enabled": true},
			"record-types/return":       {"label": "Return"},
			"records/return/7":          {"label": "Seven", "url": "https://shop.example/7", "customer_user": "carl", "customer": "c", "owner": "ina"},
		} {
			p.as(anAdmin).send(http.MethodPut, "/v1/"+path, body).want(http.StatusNoContent)
		}
		if _, after := p.as(anAdmin).readAll(url.Values{}); after != before {
			t.Errorf("mirroring what was imported moved the feed from %d to %d", before, after)
		}
		for _, path := range []string{"records/return/7", "people/user/ina", "people/customer_user/carl", "customers/c", "business-units/u", "record-types/return"} {
			p.as(anAdmin).send(http.MethodDelete, "/v1/"+path, nil).want(http.StatusNoContent)
		}
		p.ask(t, []probe{{"who is removed is nobody", "user:ina", "GET", "/v1/me", nil, nil, "401"}})
		bring("updated")
		p.ask(t, []probe{{"and comes back by an import", "user:ina", "GET", "/v1/me", nil, nil, "200"}})
	})
}
