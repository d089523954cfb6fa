package main_test

import (
	"net/http"
	"testing"
)

func TestRow_3_1_customer_users_start_with_subject_and_message_at_once(t *testing.T) {
	onBothStacks(t, func(t *testing.T, stores []string) {
		p := serve(t, stores)
		start := func(says, want string, body obj) probe {
			return probe{says, aBuyer, "POST", "/v1/conversations", body, nil, want}
		}
		p.ask(t, []probe{
			start("neither subject nor message", "422 /message /name", obj{}),
			start("no message", "422 /message", obj{"name": "subject"}),
			start("a blank one", "422 /message/body", obj{"name": "subject", "message": saying(" \n")}),
			start("no subject", "422 /name", obj{"message": saying("x")}),
			start("an empty one", "422 /name", obj{"name": " ", "message": saying("x")}),
			start("about what is not in view", "422 /source", obj{"source": aRecord("order", "1002"), "message": saying("x")}),
		})
		account := p.as(aBuyer).post("/v1/conversations", obj{"name": " subject ", "message": saying("from the account page")}).want(http.StatusCreated)
		account.tells(t, map[string]any{"name": "subject", "source": nil, "last_message.body": "from the account page", "last_message.number": 1.0, "unread": 0.0, "mine": true})
		record := p.as(aBuyer).post("/v1/conversations", obj{"source": aRecord("order", "1001"), "customer_user": "buyer", "message": saying("from a record")}).want(http.StatusCreated)
		record.tells(t, map[string]any{"name": "Order 1001", "source.id": "1001", "customer.id": "northwind", "message_count": 1.0, "revision": nil, "last_message.author": nil})
		record.shows("and sees no other participant", "participants", "person.id", "buyer")
		if record.header.Get("ETag") != "" {
			t.Errorf("a customer user gets entity tag %s", record.header.Get("ETag"))
		}
		name, position := record.since()
		p.as(aBuyer).get("/v1/conversations", name, position).shows("what was refused left nothing", "items", "name", "Order 1001", "subject")
		p.as(anOwner).get("/v1/me/unread", name, position).tells(t, map[string]any{"count": 2.0, "items.0.snippet": "from a record"})
	})
}

func TestRow_3_1_the_sales_representative_owns_it_else_the_default_owner(t *testing.T) {
	onBothStacks(t, func(t *testing.T, stores []string) {
		p := serve(t, stores)
		owner := func(who, want string) {
			t.Helper()
			r := p.as(who).post("/v1/conversations", obj{"name": "x", "message": saying("x")}).want(http.StatusCreated)
			if got := r.field("owner.id"); got != want {
				t.Errorf("what %s starts is owned by %v, want %s", who, got, want)
			}
			at := "/v1/conversations/" + r.field("id").(string)
			read := p.as(anAdmin).get(at, "Parley-Min-Position", r.position())
			read.shows("both take part", "participants", "person.id", want, r.field("customer_user.id").(string))
			if got := read.field("participants.1.read_up_to"); got != 1.0 {
				t.Errorf("the starter has read up to %v", got)
			}
		}
		representative := func(id string) obj {
			return obj{"name": "Bert Buyer", "customer": "northwind", "sales_representative": id, "roles": arr{"buyer"}}
		}
		owner(aBuyer, "user")
		owner(aForeigner, "admin") // who has no representative
		p.ask(t, []probe{{"another representative", anAdmin, "PUT", "/v1/people/customer_user/buyer", representative("user2"), nil, "204"}})
		owner(aBuyer, "user2")
		p.ask(t, []probe{{
			"who is disabled", anAdmin, "PUT", "/v1/people/user/user2",
			obj{"name": "Ugo User", "business_unit": "sales", "roles": arr{"user"}, "enabled": false},
			nil, "204",
		}})
		owner(aBuyer, "admin")
		p.ask(t, []probe{{"a representative who is not known", anAdmin, "PUT", "/v1/people/customer_user/buyer", representative("nobody"), nil, "204"}})
		owner(aBuyer, "admin")
		p.ask(t, []probe{{"nor is the default owner there", anAdmin, "DELETE", "/v1/people/user/admin", nil, nil, "204"}})
		refused := p.as(aBuyer).post("/v1/conversations", obj{"name": "x", "message": saying("x")}).want(http.StatusServiceUnavailable)
		if refused.header.Get("Retry-After") == "" {
			t.Error("the refusal does not say when to come back")
		}
	})
}
