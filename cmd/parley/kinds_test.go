package main_test

import (
	"fmt"
	"net/http"
	"testing"

	"parley/adapters/adaptertest/oidctest"
)

// The twins: a user and a customer user with one id.
const (
	twin      = "user:twin"
	otherTwin = "customer_user:twin"
)

// Users and customer users are two spaces of ids: who has the id of somebody of
// the other kind has nothing else of theirs.
func TestKinds_of_people_are_two_spaces_of_ids(t *testing.T) {
	onBothStacks(t, func(t *testing.T, stores []string) {
		provider := oidctest.Start(t)
		p := serve(t, stores, signedBy(provider)...)
		p.mirrorTwins()
		at := p.beginAs(twin, obj{"name": "between twins", "customer_user": "twin", "message": saying("from the user")})
		p.twinsSignIn(provider)
		p.twinsReadForThemselves(t, at)
		p.twinsAreListedApart(t, at)
		p.twinsHaveKeysOfTheirOwn(t, at)
		p.twinsLeaveAlone(t, at)
	})
}

func (p *program) mirrorTwins() {
	p.t.Helper()
	p.as(anAdmin).send(http.MethodPut, "/v1/people/user/twin", obj{"name": "Tom User", "business_unit": "sales", "roles": arr{"user"}}).want(http.StatusNoContent)
	mirrored := p.as(anAdmin).send(http.MethodPut, "/v1/people/customer_user/twin",
		obj{"name": "Tom Buyer", "customer": "northwind", "sales_representative": "twin", "roles": arr{"buyer"}}).want(http.StatusNoContent)
	p.as(anAdmin).get("/v1/people", "Parley-Min-Position", mirrored.position()).want(http.StatusOK)
}

// twinsSignIn checks that tokens and sessions are of one kind.
func (p *program) twinsSignIn(provider *oidctest.Provider) {
	p.t.Helper()
	for kind, roles := range map[string]string{"user": "user", "customer_user": "buyer"} {
		me := p.withToken(provider.Token(p.named(kind, "twin"))).get("/v1/me")
		me.isMe(kind, "twin")
		me.shows(kind, "roles", "", roles)
		provider.SignsIn(p.named(kind, "twin"))
		p.browser().signIn().isMe(kind, "twin")
	}
	p.as(twin).get("/v1/me").shows("a demo token", "roles", "", "user")
	for _, nobody := range []obj{p.named("user", "customer_user:twin"), p.named("customer_user", "user:twin"), p.named("", "twin")} {
		p.withToken(provider.Token(nobody)).get("/v1/me").want(http.StatusUnauthorized)
	}
}

// twinsReadForThemselves checks cursors, indicators and read marks.
func (p *program) twinsReadForThemselves(t *testing.T, at string) {
	t.Helper()
	shows := func(when string, since reply, users, customers string) {
		t.Helper()
		for who, want := range map[string]string{twin: users, otherTwin: customers} {
			r := p.as(who).get(at, "Parley-Min-Position", since.position())
			count := p.as(who).get("/v1/me/unread").field("count")
			if got := fmt.Sprint(r.field("unread"), " ", count); got != want {
				t.Errorf("%s %s has %s unread in how many conversations, want %s", when, who, got, want)
			}
		}
	}
	written := p.as(twin).post(at+"/messages", saying("again")).want(http.StatusCreated)
	shows("at first", written, "0 0", "2 1")
	answered := p.as(otherTwin).post(at+"/messages", saying("from the customer user")).want(http.StatusCreated)
	shows("after an answer", answered, "1 1", "0 0")
	p.as(otherTwin).post(at+"/read", obj{"up_to": 3}).want(http.StatusNoContent)
	all := p.as(otherTwin).post("/v1/me/read", nil).want(http.StatusNoContent)
	shows("after the other has read", all, "1 1", "0 0")
	p.as(twin).get(at).shows("the user's view", "participants", "read_up_to", "2", "3")
	read := p.as(twin).post("/v1/me/read", nil).want(http.StatusNoContent)
	shows("after both have read", read, "0 0", "0 0")
	p.as(twin).get(at+"/messages").shows("senders", "items", "from.kind", "user", "user", "customer_user")
}

// twinsAreListedApart checks lists, filters, look-ups and activities.
func (p *program) twinsAreListedApart(t *testing.T, at string) {
	t.Helper()
	owned := p.beginAs(twin, obj{"name": "of the user", "customer_user": "buyer"})
	p.beginAs(anOwner, obj{"name": "of the customer user", "customer_user": "twin"})
	p.as(twin).get("/v1/conversations?owner=twin&sort=created_at").shows("by owner", "items", "name", "between twins", "of the user")
	p.as(twin).get("/v1/conversations?customer_user=twin&sort=created_at").shows("by customer user", "items", "name", "between twins", "of the customer user")
	p.as(twin).get("/v1/conversations?mine=true&sort=created_at").shows("the user's own", "items", "name", "between twins", "of the user")
	p.as(otherTwin).get("/v1/conversations?sort=created_at").shows("what the customer user sees", "items", "name", "between twins", "of the customer user")
	p.as(otherTwin).get(owned).want(http.StatusNotFound)
	p.as(twin).get("/v1/records/user/twin/activities").shows("activities of the user", "items", "name", "of the user", "between twins")
	p.as(twin).get("/v1/records/customer_user/twin/activities").shows("activities of the customer user", "items", "name", "of the customer user", "between twins")
	p.as(anAdmin).get("/v1/people?q=twin").shows("people", "items", "name", "Tom Buyer", "Tom User")
	p.as(anAdmin).get("/v1/people?q=twin&kind=user").shows("users", "items", "name", "Tom User")
	p.as(twin).get(at).shows("contexts", "contexts", "type", "user", "customer_user")
}

// twinsHaveKeysOfTheirOwn checks that a key under which one has posted does not
// answer the other.
func (p *program) twinsHaveKeysOfTheirOwn(t *testing.T, at string) {
	t.Helper()
	first := p.as(twin).post(at+"/messages", saying("keyed"), "Idempotency-Key", "k").want(http.StatusCreated)
	second := p.as(otherTwin).post(at+"/messages", saying("keyed"), "Idempotency-Key", "k").want(http.StatusCreated)
	if first.field("number") != 4.0 || second.field("number") != 5.0 {
		t.Errorf("one key of two people gives the messages %v and %v", first.field("number"), second.field("number"))
	}
}

// twinsLeaveAlone checks that taking part ends, and people go, by kind.
func (p *program) twinsLeaveAlone(t *testing.T, at string) {
	t.Helper()
	left := p.as(anAdmin).send(http.MethodDelete, at+"/participants/user/twin", nil).want(http.StatusNoContent)
	p.as(anAdmin).get(at, "Parley-Min-Position", left.position()).shows("who stays", "participants", "person.kind", "customer_user")
	gone := p.as(anAdmin).send(http.MethodDelete, "/v1/people/customer_user/twin", nil).want(http.StatusNoContent)
	p.as(otherTwin).get("/v1/me").want(http.StatusUnauthorized)
	p.as(twin).get(at, "Parley-Min-Position", gone.position()).want(http.StatusOK)
	p.as(anAdmin).get("/v1/people?q=twin").shows("who is left", "items", "name", "Tom User")
}
