package main_test

import (
	"net/http"
	"strconv"
	"strings"
	"testing"

	"parley/adapters/adaptertest/smtptest"
)

func TestRow_1_10_who_comes_in_by_an_update_and_who_goes(t *testing.T) {
	onBothStacks(t, func(t *testing.T, stores []string) {
		p := serve(t, stores)
		at := p.beginAs(anOwner, obj{"source": aRecord("order", "1001"), "message": saying("x")})
		p.as(aBuyer).post(at+"/messages", saying("y")).want(http.StatusCreated)
		p.as(anOwner).post(at+"/close", nil).want(http.StatusOK)
		r := p.as(anAdmin).send(http.MethodPatch, at, obj{
			"name": " z ", "owner": "user2", "customer_user": "other-buyer", "source": aRecord("quote", "3002"),
		}).want(http.StatusOK)
		r.tells(t, map[string]any{
			"name": "z", "status": "closed", "owner.id": "user2", "customer_user.id": "other-buyer", "customer.id": "contoso", "source.id": "3002", "message_count": 2.0,
		})
		r.shows("those who take part", "participants", "person.id", "user", "user2", "other-buyer")
		r.shows("the new ones have read nothing", "participants", "read_up_to", "1", "0", "0")
		r.shows("contexts", "contexts", "id", "user", "buyer", "1001", "user2", "other-buyer", "3002")
		name, position := r.since()
		p.as(aForeigner).get(at+"/messages", name, position).shows("the messages stay", "items", "body", "x", "y")
		for _, who := range []string{aForeigner, aColleague} {
			p.as(who).get(at, name, position).tells(t, map[string]any{"unread": 2.0, "mine": true})
		}
		p.isGoneFor(t, at, position, aBuyer, aChief)
	})
}

// isGoneFor checks that people come across a conversation nowhere.
func (p *program) isGoneFor(t *testing.T, at, position string, people ...string) {
	t.Helper()
	id := strings.TrimPrefix(at, "/v1/conversations/")
	for _, who := range people {
		for _, path := range []string{at, at + "/messages"} {
			p.as(who).get(path, "Parley-Min-Position", position).want(http.StatusNotFound)
		}
		for _, list := range []string{
			"/v1/conversations", "/v1/me/conversations?mine=any&status=any", "/v1/me/unread", "/v1/records/order/1001/activities", "/v1/records/customer_user/buyer/activities",
		} {
			if page := p.as(who).get(list, "Parley-Min-Position", position); strings.Contains(string(page.body), id) {
				t.Errorf("%s still comes across it at %s: %s", who, list, page.body)
			}
		}
	}
}

// The former customer user's screens hear that lists have changed, and nothing
// of the conversation after that.
func TestRow_1_10_a_former_customer_user_is_told_no_more(t *testing.T) {
	onBothStacks(t, func(t *testing.T, stores []string) {
		p := serve(t, stores)
		at := p.beginAs(anOwner, obj{"name": "x", "customer_user": "buyer", "message": saying("x")})
		id := strings.TrimPrefix(at, "/v1/conversations/")
		s, _ := p.as(aBuyer).live("")
		handed := p.as(anAdmin).send(http.MethodPatch, at, obj{"customer_user": "other-buyer"}).want(http.StatusOK)
		last, err := strconv.ParseUint(handed.position(), 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		p.as(aForeigner).post(at+"/messages", saying("among ourselves")).want(http.StatusCreated)
		p.as(anOwner).send(http.MethodPatch, at, obj{"name": "ours"}).want(http.StatusOK)
		_, other := p.as(anOwner).begin(obj{"name": "another"})
		before, _ := s.until("conversation", other)
		for _, h := range before {
			if h.ID == id && (h.Event == "conversation" || h.Position > last) {
				t.Errorf("the former customer user is told %+v", h)
			}
		}
	})
}

func TestRow_1_10_values_that_are_equal_change_nothing_and_null_clears_a_source(t *testing.T) {
	onBothStacks(t, func(t *testing.T, stores []string) {
		p := serve(t, stores)
		at := p.beginAs(anOwner, obj{"name": "x", "customer_user": "buyer", "source": aRecord("order", "1001")})
		first := p.as(anOwner).send(http.MethodPatch, at, obj{"name": "y", "customer_user": "customer-admin"}).want(http.StatusOK)
		same := p.as(anOwner).send(http.MethodPatch, at, obj{
			"name": " y", "owner": "user", "customer_user": "customer-admin", "customer": "northwind", "source": aRecord("order", "1001"),
		}).want(http.StatusOK)
		if same.header.Get("ETag") != first.header.Get("ETag") || same.position() != first.position() {
			t.Errorf("equal values moved it from %s to %s", first.header.Get("ETag"), same.header.Get("ETag"))
		}
		p.ask(t, []probe{
			{"another owner needs assign", anOwner, "PATCH", at, obj{"owner": "user2"}, nil, "403"},
			{"an edit needs edit", aColleague, "PATCH", at, obj{"name": "z"}, nil, "403"},
			{"another's customer", anAdmin, "PATCH", at, obj{"customer": "contoso"}, nil, "422 /customer"},
			{"a customer that does not fit the customer user", anAdmin, "PATCH", at, obj{"customer_user": "other-buyer", "customer": "northwind"}, nil, "422 /customer"},
			{"no such people", anAdmin, "PATCH", at, obj{"owner": "buyer", "customer_user": "user"}, nil, "422 /customer_user /owner"},
		})
		cleared := p.as(anOwner).send(http.MethodPatch, at, obj{"source": nil}).want(http.StatusOK)
		cleared.tells(t, map[string]any{"source": nil, "name": "y", "customer_user.id": "customer-admin"})
		cleared.shows("which stays a context", "contexts", "id", "user", "buyer", "1001", "customer-admin")
		p.as(anAdmin).get("/v1/conversations?source_type=none", "Parley-Min-Position", cleared.position()).shows("without a source", "items", "name", "y")
	})
}

func TestRow_1_10_a_former_customer_user_gets_no_more_mail(t *testing.T) {
	onStoresOfTheirOwn(t, func(t *testing.T, stores []string) {
		s := smtptest.Start(t, nil)
		p := serve(t, stores, "--smtp", s.URL())
		at := p.beginAs(anOwner, obj{"name": "x", "customer_user": "buyer"})
		p.as(anOwner).say(at+"/messages", "to the buyer")
		s.Wait(t, 1, startLimit)
		p.as(anAdmin).send(http.MethodPatch, at, obj{"customer_user": "other-buyer"}).want(http.StatusOK)
		p.as(anOwner).say(at+"/messages", "to the new one")
		wantMail(t, p, s, map[string]int{buyerMail: 1, "other-buyer@contoso.example": 1})
	})
}
