package main_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestRoles is the table of roles, row by row, on a conversation that user owns
// with buyer, in the words of its columns.
func TestRoles_may_do_what_their_table_says(t *testing.T) {
	onBothStacks(t, func(t *testing.T, stores []string) {
		p := serve(t, stores)
		at := p.beginAs(anOwner, obj{"name": "roles", "customer_user": "buyer", "contexts": arr{aRecord("order", "1002")}, "message": saying("x")})
		people := []string{anOwner, aColleague, aManager, anAdmin, aBuyer, aChief, aForeigner}
		for _, row := range []struct {
			does, method, path string
			body               any
			want               string
		}{
			{"views", "GET", at, nil, "200 200 200 200 200 200 404"},
			{"creates for another owner", "POST", "/v1/conversations", obj{"name": "x", "customer_user": "buyer", "owner": "manager"}, "403 403 201 201 403 403 403"},
			{"edits", "PATCH", at, obj{"name": "roles"}, "200 403 200 200 403 403 404"},
			{"assigns", "PATCH", at, obj{"owner": "user2", "source": aRecord("order", "none")}, "403 403 403 422 403 403 404"},
			{"adds a context", "PUT", at + "/contexts/order/1001", nil, "204 403 204 204 403 403 404"},
			{"adds what is not in view", "PUT", at + "/contexts/order/1002", nil, "204 403 204 204 404 404 404"},
			{"removes a context", "DELETE", at + "/contexts/order/1001", nil, "204 403 204 204 403 403 404"},
			{"adds a participant", "PUT", at + "/participants/user/user", nil, "204 403 204 204 403 403 404"},
			{"transitions", "POST", at + "/reopen", nil, "409 409 409 409 403 403 404"},
			{"deletes", "DELETE", at + "?x=1", nil, "403 403 403 422 403 403 404"},
			{"sees the history", "GET", at + "/history", nil, "403 403 403 200 403 403 404"},
			{"reads the feed", "GET", "/v1/events?wait=0", nil, "403 403 403 200 403 403 403"},
			{"mirrors", "PUT", "/v1/customers/c", obj{}, "403 403 403 422 403 403 403"},
			{"administers", "GET", "/v1/admin/projections", nil, "403 403 403 200 403 403 403"},
			{"writes notes", "POST", at + "/messages", noting(""), "422 403 422 422 403 403 404"},
			{"writes as another", "POST", at + "/messages", obj{"body": "", "from": aPerson("user", "user2")}, "422 403 422 422 403 403 404"},
			{"adds a message", "POST", at + "/messages", saying("x"), "201 403 201 201 201 201 404"},
			{"looks at another company's record", "GET", "/v1/records/order/1002", nil, "200 200 200 200 404 404 200"},
			{"looks at the company's record", "GET", "/v1/records/order/1003/activities", nil, "200 200 200 200 404 200 404"},
			{"looks at a colleague of the owner", "GET", "/v1/records/user/user2", nil, "200 200 200 200 404 404 404"},
			{"looks at the owner", "GET", "/v1/records/user/user/activities", nil, "200 200 200 200 200 200 404"},
		} {
			var got []string
			for _, who := range people {
				got = append(got, p.as(who).send(row.method, row.path, row.body).outcome()[:3])
			}
			if diff := cmp.Diff(row.want, strings.Join(got, " ")); diff != "" {
				t.Errorf("who %s, of %v (-want +got):\n%s", row.does, people, diff)
			}
		}
		p.actions(t, at)
		p.foreignIsAbsent(t, at)
	})
}

func (p *program) actions(t *testing.T, at string) {
	t.Helper()
	for who, want := range map[string]string{
		anOwner: "add_message edit close add_context remove_context", aColleague: "close", aBuyer: "add_message", aChief: "add_message",
		anAdmin: "add_message edit assign delete close add_context remove_context",
	} {
		if got := strings.Join(p.as(who).get(at).each("actions", ""), " "); got != want {
			t.Errorf("%s is offered %q, want %q", who, got, want)
		}
	}
}

// foreignIsAbsent checks that what is another's answers as what is not there,
// byte for byte.
func (p *program) foreignIsAbsent(t *testing.T, at string) {
	t.Helper()
	told := func(method, path string, body any, headers ...string) string {
		r := p.as(aForeigner).send(method, path, body, headers...).want(http.StatusNotFound)
		r.header.Del("Date")
		r.header.Del("X-Request-Id")
		var all strings.Builder
		if err := r.header.Write(&all); err != nil {
			t.Fatalf("write headers: %v", err)
		}
		return all.String() + string(r.body)
	}
	for _, q := range []struct {
		method, path string
		body         any
	}{
		{"GET", "", nil},
		{"PATCH", "", obj{"zz": 1}},
		{"DELETE", "", nil},
		{"POST", "/restore", nil},
		{"POST", "/messages", saying("x")},
		{"GET", "/messages", nil},
		{"PUT", "/contexts/order/1001", nil},
		{"PUT", "/contexts/order/1002", nil},
		{"DELETE", "/contexts/order/1002", nil},
		{"PUT", "/participants/user/user", nil},
		{"DELETE", "/participants/customer_user/other-buyer", nil},
		{"POST", "/close", nil},
		{"POST", "/reopen", nil},
		{"POST", "/read", obj{"up_to": 1}},
		{"GET", "/history", nil},
	} {
		for _, headers := range [][]string{nil, {"If-Match", `"0"`}, {"Idempotency-Key", q.method + q.path}} {
			foreign := told(q.method, at+q.path, q.body, headers...)
			if diff := cmp.Diff(told(q.method, unknownConv+q.path, q.body, headers...), foreign); diff != "" {
				t.Errorf("%s %s with %v tells foreign from absent (-absent +foreign):\n%s", q.method, q.path, headers, diff)
			}
		}
	}
	for absent, foreign := range map[string]string{
		"/v1/records/order/none": "/v1/records/order/1001", "/v1/records/order/none/activities": "/v1/records/order/1001/activities",
		"/v1/records/user/none/activities": "/v1/records/user/manager/activities", "/v1/records/customer_user/none": "/v1/records/customer_user/buyer",
	} {
		if diff := cmp.Diff(told("GET", absent, nil), told("GET", foreign, nil)); diff != "" {
			t.Errorf("%s differs from what is not there:\n%s", foreign, diff)
		}
	}
}
