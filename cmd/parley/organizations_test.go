package main_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Two organizations in one installation have the same ids, and nothing else in
// common: whatever one's administrator does, nothing of the other's changes.
func TestOrganizations_have_nothing_in_common_but_ids(t *testing.T) {
	onBothStacks(t, func(t *testing.T, stores []string) {
		w := newPolicyWorld(t, stores)
		theirs, ours := w.caller(t, "another organization's administrator"), w.caller(t, "an administrator")
		screen, _ := ours.live("")
		other, _ := theirs.live("")
		before := w.seenByOurs(ours.get("/v1/me"))
		var last reply
		for _, c := range []struct {
			method, path string
			body         any
		}{
			{"PUT", "/v1/people/user/user", obj{"name": "Taken", "enabled": false}},
			{"PUT", "/v1/people/user/elsie", obj{"name": "Taken", "roles": arr{"administrator"}}},
			{"DELETE", "/v1/people/customer_user/buyer", nil},
			{"PUT", "/v1/customers/northwind", obj{"name": "Taken", "parent": "contoso"}},
			{"PUT", "/v1/business-units/sales", obj{"name": "Taken", "parent": "support"}},
			{"PUT", "/v1/record-types/order", obj{"label": "Taken"}},
			{"PUT", "/v1/records/order/1001", obj{"label": "Taken"}},
			{"DELETE", "/v1/records/order/1001", nil},
			{"DELETE", "/v1/record-types/order", nil},
		} {
			last = theirs.send(c.method, c.path, c.body).want(http.StatusNoContent)
		}
		if diff := cmp.Diff(before, w.seenByOurs(last)); diff != "" {
			t.Errorf("another organization changed ours (-before +after):\n%s", diff)
		}
		w.keysAreApart(t)
		said := w.p.as(anOwner).post(w.ours.at()+"/messages", saying("among us")).want(http.StatusCreated)
		screen.awaits(said.position(), "conversation", "list")
		made := theirs.send(http.MethodPut, "/v1/people/user/late", obj{"name": "Late"}).want(http.StatusNoContent)
		other.awaits(made.position(), "record")
		theirs.get("/v1/me", "Parley-Min-Position", made.position()).want(http.StatusOK)
		feed := theirs.told(url.Values{})
		if strings.Contains(feed, "organization:"+organization(t)) || !strings.Contains(feed, "organization:"+anotherOrganization(t)) {
			t.Errorf("the feed of another organization is %s", feed)
		}
	})
}

// caller returns a column of the policy.
func (w *policyWorld) caller(t *testing.T, is string) policyCaller {
	t.Helper()
	for _, c := range w.callers {
		if c.is == is {
			return c
		}
	}
	t.Fatalf("there is no caller who is %s", is)
	return policyCaller{}
}

// seenByOurs returns what people of ours get of everything that others' names
// and places are in.
func (w *policyWorld) seenByOurs(since reply) map[string]string {
	w.t.Helper()
	seen := map[string]string{}
	for _, who := range []string{anOwner, anAdmin, aBuyer, aChief, "user:elsie"} {
		for _, path := range []string{
			"/v1/me", w.ours.at(), w.foreign.at(), w.ours.at() + "/messages", "/v1/conversations", "/v1/people", "/v1/records", "/v1/record-types",
			"/v1/records/order/1001", "/v1/records/order/1001/activities",
		} {
			headers := []string{}
			if position := since.position(); position != "" {
				headers = []string{"Parley-Min-Position", position}
			}
			seen[who+" "+path] = string(w.p.as(who).get(path, headers...).body)
		}
	}
	return seen
}

// keysAreApart checks that a key of a person of one organization is not one of
// whoever has the id in another.
func (w *policyWorld) keysAreApart(t *testing.T) {
	t.Helper()
	key := []string{"Idempotency-Key", "one"}
	first := w.p.as(anAdmin).send(http.MethodPut, "/v1/people/user/keyed", obj{"name": "One"}, key...).want(http.StatusNoContent)
	second := w.caller(t, "another organization's administrator").
		send(http.MethodPut, "/v1/people/user/keyed", obj{"name": "Another"}, key...).want(http.StatusNoContent)
	if first.position() == second.position() {
		t.Error("one key of two organizations is taken for one command")
	}
}
