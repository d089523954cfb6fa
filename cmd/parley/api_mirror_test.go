package main_test

import (
	"net/http"
	"strings"
	"testing"
)

func TestMirror_shows_what_the_commerce_system_has(t *testing.T) {
	onBothStacks(t, func(t *testing.T, stores []string) {
		p := serve(t, stores)
		p.ask(t, mirroring())
		admin := p.as(anAdmin)
		same := admin.send(http.MethodPut, "/v1/customers/c", obj{"name": "C"}).want(http.StatusNoContent)
		for _, path := range []string{"/v1/customers/never", "/v1/business-units/never", "/v1/record-types/never", "/v1/records/order/never", "/v1/people/user/never"} {
			if r := admin.send(http.MethodDelete, path, nil).want(http.StatusNoContent); r.position() == "" {
				t.Errorf("removing %s, which was never there, has no position", path)
			}
		}
		if again := admin.send(http.MethodPut, "/v1/customers/c", obj{"name": "C"}).want(http.StatusNoContent); again.position() != same.position() {
			t.Errorf("mirroring the same again moved from %s to %s", same.position(), again.position())
		}
		r := p.as("customer_user:q").get("/v1/me").want(http.StatusOK)
		if r.field("customer.name") != "C" || r.field("permissions.view") != "own" {
			t.Errorf("a person just mirrored is %s", r.body)
		}
		p.ask(t, []probe{
			{"somebody disabled", anAdmin, "PUT", "/v1/people/customer_user/q", obj{"name": "Q", "customer": "c", "roles": arr{"buyer"}, "enabled": false}, nil, "204"},
			{"cannot sign in", "customer_user:q", "GET", "/v1/me", nil, nil, "401"},
			{"nor be written for", anAdmin, "POST", "/v1/conversations", obj{"name": "x", "customer_user": "q"}, nil, "422 /customer_user"},
		})
		later := admin.send(http.MethodPut, "/v1/customers/c", obj{"name": "C, later"}).want(http.StatusNoContent)
		admin.get("/v1/records/return/a%2Fb%20%E2%82%AC", "Parley-Min-Position", later.position()).want(http.StatusOK)
		admin.send(http.MethodDelete, "/v1/records/return/1", nil).want(http.StatusNoContent)
		removed := admin.send(http.MethodDelete, "/v1/people/user/p", nil).want(http.StatusNoContent)
		admin.get("/v1/people", "Parley-Min-Position", removed.position()).want(http.StatusOK)
		p.lookUps(t)
	})
}

func mirroring() []probe {
	put := func(says, path, want string, body any) probe {
		return probe{says, anAdmin, "PUT", "/v1/" + path, body, nil, want}
	}
	return []probe{
		put("a type", "record-types/return", "204", obj{"label": "Return"}), put("a type without a label", "record-types/x", "422 /label", obj{}),
		put("the type of people", "record-types/user", "422 type", obj{"label": "x"}), put("the type of nothing", "record-types/none", "422 type", obj{"label": "x"}),
		put("a customer", "customers/c", "204", obj{"name": "C", "parent": nil}), put("its own parent", "customers/c", "422 /parent", obj{"name": "C", "parent": "c"}),
		put("a unit", "business-units/u", "204", obj{"name": "U", "parent": "sales"}), put("a nameless unit", "business-units/u", "422 /name /zz", obj{"zz": 1}),
		put("a person all wrong", "people/user/p", "422 /email /enabled /groups /locale /name /zz",
			obj{"email": "bad", "locale": "!", "groups": 5, "enabled": "yes", "zz": 1}),
		put("a user", "people/user/p", "204", obj{"name": "Pia", "email": "p@x.example", "locale": "de-AT", "business_unit": "u", "roles": arr{"user"}, "groups": arr{"g"}}),
		put("a customer user", "people/customer_user/q", "204", obj{"name": "Quin", "customer": "c", "sales_representative": "p", "roles": arr{"buyer"}}),
		put("no kind of person", "people/robot/q", "404", obj{"name": "Q"}),
		put("a record", "records/return/1", "204", obj{"label": "One", "url": "https://shop.example/1", "customer_user": "q", "customer": "c", "owner": "p"}),
		put("a script as its place", "records/return/2", "422 /url", obj{"label": "Two", "url": "javascript:alert(1)"}),
		put("a record of no type", "records/nothing/1", "404", obj{"label": "x"}),
		put("an odd id", "records/return/a%2Fb%20%E2%82%AC", "204", obj{"label": "Odd"}),
		put("an id of 128 bytes", "records/return/"+strings.Repeat("y", 128), "204", obj{"label": "Long"}),
		put("an id of 129 bytes", "records/return/"+strings.Repeat("y", 129), "404", obj{"label": "Long"}),
		{"nobody else mirrors", aManager, "PUT", "/v1/customers/c", obj{"name": "x"}, nil, "403"},
	}
}

func (p *program) lookUps(t *testing.T) {
	t.Helper()
	for who, want := range map[string][2]string{
		anOwner:    {"admin buyer customer-admin manager other-buyer user2 user", "1001 1002 1003 2001 2002 3001 3002"},
		aBuyer:     {"buyer user", "1001 2001 3001"},
		aChief:     {"buyer customer-admin user", "1001 1003 2001 2002 3001 3002"},
		aForeigner: {"other-buyer", "1002"},
	} {
		people := strings.Join(p.as(who).get("/v1/people").want(http.StatusOK).each("items", "id"), " ")
		records := strings.Join(p.as(who).get("/v1/records?type=order&type=rfq&type=quote").want(http.StatusOK).each("items", "id"), " ")
		if people != want[0] || sorted(records) != want[1] {
			t.Errorf("%s may look up %q and %q, want %q", who, people, records, want)
		}
	}
	admin := p.as(anAdmin)
	admin.get("/v1/people?kind=user&q=ADA").shows("by name", "items", "id", "admin")
	admin.get("/v1/people?q=buyer").shows("by id", "items", "id", "buyer", "other-buyer")
	admin.get("/v1/people?q=%25").shows("by a percent sign", "items", "id")
	admin.get("/v1/records?q=100&type=order").shows("records", "items", "label", "1001", "1002", "1003")
	admin.get("/v1/record-types").shows("types", "items", "label", "Order", "Quote", "Request for Quote", "Return")
}
