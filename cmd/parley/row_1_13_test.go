package main_test

import (
	"net/http"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What customer users get before and after internal notes is the same, byte for
// byte.
func TestRow_1_13_internal_notes_leave_no_trace(t *testing.T) {
	onBothStacks(t, func(t *testing.T, stores []string) {
		p := serve(t, stores)
		noted := p.beginAs(anOwner, obj{"source": aRecord("order", "1001"), "message": saying("public one")})
		p.beginAs(anOwner, obj{"name": "later", "customer_user": "buyer", "message": saying("x")})
		last := p.beginAs(anOwner, obj{"name": "only a note", "customer_user": "buyer", "message": noting("secret")})
		before := p.seenByCustomers(noted, last, p.as(anOwner).send(http.MethodPatch, last, obj{}).position())

		p.as(anOwner).post(noted+"/messages", noting("secret")).want(http.StatusCreated)
		p.as(aManager).post(noted+"/messages", noting("secret of one who joins, @customer_user:buyer")).want(http.StatusCreated)
		p.as(anOwner).send(http.MethodPatch, noted+"/messages/2", obj{"body": "another secret, @customer_user:buyer"}).want(http.StatusOK)
		p.as(anAdmin).send(http.MethodDelete, noted+"/messages/3", nil).want(http.StatusNoContent)
		p.as(anOwner).send(http.MethodPut, noted+"/participants/user/user2", nil).want(http.StatusNoContent)
		written := p.as(anOwner).post(last+"/messages", obj{"body": "secret", "internal": true, "from": aPerson("user", "manager")}).want(http.StatusCreated)
		if diff := cmp.Diff(before, p.seenByCustomers(noted, last, written.position())); diff != "" {
			t.Errorf("customer users see internal notes (-before +after):\n%s", diff)
		}
		p.publicNumbers(t, noted)
	})
}

// seenByCustomers returns what both customer users of northwind get of
// everything.
func (p *program) seenByCustomers(noted, last, position string) map[string]string {
	p.t.Helper()
	seen := map[string]string{}
	for _, who := range []string{aBuyer, aChief} {
		for _, path := range []string{
			noted, noted + "/messages", noted + "/messages?after=0&limit=1", noted + "/messages?before=2", noted + "/messages?q=secret", noted + "/messages?sort=-created&limit=200", last, last + "/messages",
			"/v1/conversations", "/v1/conversations?sort=last_message", "/v1/conversations?sort=-updated_at", "/v1/conversations?sort=-message_count", "/v1/conversations?message_count_min=1",
			"/v1/conversations?message_count_max=0", "/v1/conversations?unread=true", "/v1/conversations?mine=true&limit=1",
			"/v1/search?q=secret", "/v1/search?q=public", "/v1/search?q=another", "/v1/me", "/v1/me/unread", "/v1/me/conversations", "/v1/people", "/v1/records",
			"/v1/records/order/1001/activities", "/v1/records/customer_user/buyer/activities", "/v1/records/user/user/activities",
			"/v1/records/user/manager/activities",
		} {
			r := p.as(who).get(path, "Parley-Min-Position", position)
			if r.header.Get("ETag") != "" {
				p.t.Errorf("%s gets an entity tag of %s", who, path)
			}
			seen[who+" "+path] = string(r.body)
		}
	}
	return seen
}

// publicNumbers checks how what is public goes on behind the notes.
func (p *program) publicNumbers(t *testing.T, noted string) {
	t.Helper()
	buyer, owner := p.as(aBuyer), p.as(anOwner)
	answer := buyer.post(noted+"/messages", saying("public two")).want(http.StatusCreated)
	if answer.field("number") != 2.0 || answer.field("author") != nil || answer.field("internal") != false {
		t.Errorf("the buyer's message is %s", answer.body)
	}
	name, position := answer.since()
	buyer.get(noted+"/messages", name, position).shows("the buyer's page", "items", "number", "1", "2")
	owner.get(noted+"/messages", name, position).shows("the owner's page", "items", "internal", "false", "true", "true", "false")
	buyer.get(noted, name, position).shows("the buyer", "participants", "person.id", "buyer")
	buyer.get(noted, name, position).shows("one's own message moves the cursor", "participants", "read_up_to", "2")
	public := owner.post(noted+"/messages", saying("public three")).want(http.StatusCreated)
	r := buyer.get(noted, "Parley-Min-Position", public.position())
	if r.field("unread") != 1.0 || r.field("message_count") != 3.0 || r.field("last_message.number") != 3.0 || r.field("revision") != nil {
		t.Errorf("the buyer reads %s", r.body)
	}
	p.ask(t, []probe{
		{"one's own message is edited by its public number", aBuyer, "PATCH", noted + "/messages/2", saying("public two, again"), nil, "200"},
		{"what has no public number is not there", aBuyer, "PATCH", noted + "/messages/4", saying("x"), nil, "404"},
	})
	read := buyer.post(noted+"/read", obj{"up_to": 99}).want(http.StatusNoContent)
	if r := buyer.get(noted, "Parley-Min-Position", read.position()); r.field("unread") != 0.0 || r.field("participants.0.read_up_to") != 3.0 {
		t.Errorf("after reading beyond the last the buyer reads %s", r.body)
	}
}

// The screens of customer users are told of nothing that happens to notes.
func TestRow_1_13_internal_notes_are_not_even_a_hint(t *testing.T) {
	onBothStacks(t, func(t *testing.T, stores []string) {
		p := serve(t, stores)
		at := p.beginAs(anOwner, obj{"source": aRecord("order", "1001"), "message": saying("x")})
		screens := []*stream{}
		for _, who := range []string{aBuyer, aChief} {
			s, _ := p.as(who).live("")
			screens = append(screens, s)
		}
		p.ask(t, []probe{
			{"a note", aManager, "POST", at + "/messages", noting("x @customer_user:buyer"), nil, "201"},
			{"is edited", aManager, "PATCH", at + "/messages/2", saying("y @customer_user:buyer"), nil, "200"},
			{"is read", anOwner, "POST", at + "/read", obj{"up_to": 2}, nil, "204"},
			{"is redacted", anAdmin, "DELETE", at + "/messages/2", nil, nil, "204"},
		})
		public := p.as(anOwner).post(at+"/messages", saying("z")).want(http.StatusCreated)
		for _, s := range screens {
			if h := s.nextHint(); strconv.FormatUint(h.Position, 10) != public.position() {
				t.Errorf("a customer user is told %+v before the message at %s", h, public.position())
			}
		}
	})
}
