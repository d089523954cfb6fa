package httpapi_test

import (
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"parley/adapters/httpapi"
)

// begun starts a conversation of user with buyer about order 1001, with a first
// message, and returns it.
func begun(t *testing.T, server *httptest.Server) httpapi.Conversation {
	t.Helper()
	a := send(t, server, user, "POST", "/v1/conversations",
		`{"source":{"type":"order","id":"1001"},"message":{"body":"Hello\r\nthere"}}`)
	if a.StatusCode != 201 {
		t.Fatalf("start: %d %s", a.StatusCode, a.body)
	}
	var c httpapi.Conversation
	a.decode(t, &c)
	for _, of := range []string{"", "/messages"} {
		if read := send(t, server, user, "GET", "/v1/conversations/"+c.ID.String()+of, "", fresh(a)...); read.StatusCode != 200 {
			t.Fatalf("read what was started: %d %s", read.StatusCode, read.body)
		}
	}
	return c
}

// fresh is the header that lets a question see what an answer did.
func fresh(a answered) []string {
	return []string{"Parley-Min-Position", a.Header.Get("Parley-Position")}
}

func TestStart_answers_as_the_question_does(t *testing.T) {
	t.Parallel()
	server := whole(t)
	a := send(t, server, user, "POST", "/v1/conversations",
		`{"customer_user":"buyer","name":" A name ","contexts":[{"type":"order","id":"1001"},{"type":"order","id":"1001"}],"message":{"body":"Hi"}}`)
	if a.StatusCode != 201 || a.Header.Get("ETag") == "" || a.Header.Get("Parley-Position") == "" {
		t.Fatalf("%d %v", a.StatusCode, a.Header)
	}
	asked := send(t, server, user, "GET", a.Header.Get("Location"), "", fresh(a)...)
	if d := cmp.Diff(string(a.body), string(asked.body)); d != "" || asked.Header.Get("ETag") != a.Header.Get("ETag") {
		t.Errorf("ETag %s and %s\n%s", a.Header.Get("ETag"), asked.Header.Get("ETag"), d)
	}
	var c httpapi.Conversation
	asked.decode(t, &c)
	if c.Name != "A name" || len(c.Contexts) != 3 || c.LastMessage.HTML != "<p>Hi</p>" || *c.Revision == 0 {
		t.Errorf("got %s", asked.body)
	}
}

func TestCustomerUsers_get_no_trace_of_what_is_internal(t *testing.T) {
	t.Parallel()
	server := whole(t)
	c := begun(t, server)
	a := send(t, server, user, "POST", "/v1/conversations/"+c.ID.String()+"/messages", `{"body":"psst","internal":true}`)
	if a.StatusCode != 201 {
		t.Fatalf("%d %s", a.StatusCode, a.body)
	}
	seen := send(t, server, buyer, "GET", "/v1/conversations/"+c.ID.String(), "", fresh(a)...)
	text := string(seen.body)
	for _, trace := range []string{"revision", "author", "psst", `"message_count":2`} {
		if strings.Contains(text, trace) {
			t.Errorf("%s in %s", trace, text)
		}
	}
	if seen.Header.Get("ETag") != "" || !strings.Contains(text, `"message_count":1`) {
		t.Errorf("ETag %q, body %s", seen.Header.Get("ETag"), text)
	}
	// Neither can the revision be probed.
	for _, tag := range []string{`"0"`, `"6"`, `"7"`, `"8"`} {
		a := send(t, server, buyer, "POST", "/v1/conversations/"+c.ID.String()+"/read", `{"up_to":1}`, "If-Match", tag)
		if a.StatusCode != 412 {
			t.Errorf("If-Match %s: %d", tag, a.StatusCode)
		}
	}
}

func TestEveryCommand_answers_as_the_contract_says(t *testing.T) {
	t.Parallel()
	server := whole(t)
	c := begun(t, server)
	at := "/v1/conversations/" + c.ID.String()
	for _, s := range []struct {
		name, as, method, path, body string
		status                       int
	}{
		{"add a message", buyer, "POST", at + "/messages", `{"body":"Thanks"}`, 201},
		{"edit it", buyer, "PATCH", at + "/messages/2", `{"body":"Many thanks"}`, 200},
		{"edit it to the same", buyer, "PATCH", at + "/messages/2", `{"body":"Many thanks"}`, 200},
		{"redact it", admin, "DELETE", at + "/messages/2", "", 204},
		{"redact it again", admin, "DELETE", at + "/messages/2", "", 204},
		{"name another sender", user, "POST", at + "/messages", `{"body":"For you","from":{"kind":"customer_user","id":"buyer"}}`, 201},
		{"rename", user, "PATCH", at, `{"name":"Renamed"}`, 200},
		{"rename to the same", user, "PATCH", at, `{"name":"Renamed"}`, 200},
		{"clear the source", user, "PATCH", at, `{"source":null}`, 200},
		{"assign", admin, "PATCH", at, `{"owner":"user2"}`, 200},
		{"assign back", admin, "PATCH", at, `{"owner":"user"}`, 200},
		{"attach", user, "PUT", at + "/contexts/order/1002", "", 204},
		{"attach again", user, "PUT", at + "/contexts/order/1002", "", 204},
		{"attach an odd id", user, "PUT", at + "/contexts/order/a%2Fb%20c", "", 204},
		{"attach a person", user, "PUT", at + "/contexts/user/user2", "", 204},
		{"detach", user, "DELETE", at + "/contexts/order/1002", "", 204},
		{"add a participant", user, "PUT", at + "/participants/user/admin", "{}", 204},
		{"remove a participant", user, "DELETE", at + "/participants/user/admin", "", 204},
		{"read", buyer, "POST", at + "/read", `{"up_to":99}`, 204},
		{"read as one who takes no part", admin, "POST", at + "/read", `{"up_to":1}`, 204},
		{"mark all read", buyer, "POST", "/v1/me/read", "", 204},
		{"close", user, "POST", at + "/close", `{"reason":"done"}`, 200},
		{"reopen", user, "POST", at + "/reopen", "", 200},
		{"delete", admin, "DELETE", at, "", 204},
		{"restore", admin, "POST", at + "/restore", "", 200},
		{"mass delete", admin, "POST", "/v1/conversations/delete", `{"ids":["` + c.ID.String() + `","nothing"]}`, 200},
		{"mirror a person", admin, "PUT", "/v1/people/user/new", `{"name":"New","roles":["user"]}`, 204},
		{"remove a person", admin, "DELETE", "/v1/people/user/new", "", 204},
		{"mirror a record type", admin, "PUT", "/v1/record-types/rfq", `{"label":"Request"}`, 204},
		{"mirror a record", admin, "PUT", "/v1/records/rfq/1", `{"label":"1","url":"/rfq/1","customer_user":"buyer"}`, 204},
		{"remove a record", admin, "DELETE", "/v1/records/rfq/1", "", 204},
		{"remove a record type", admin, "DELETE", "/v1/record-types/rfq", "", 204},
		{"mirror a customer", admin, "PUT", "/v1/customers/new", `{"name":"New","parent":"northwind"}`, 204},
		{"remove a customer", admin, "DELETE", "/v1/customers/new", "", 204},
		{"mirror a unit", admin, "PUT", "/v1/business-units/new", `{"name":"New"}`, 204},
		{"remove a unit", admin, "DELETE", "/v1/business-units/new", "", 204},
	} {
		a := send(t, server, s.as, s.method, s.path, s.body)
		if a.StatusCode != s.status || a.Header.Get("Parley-Position") == "" {
			t.Errorf("%s: %d, position %q: %s", s.name, a.StatusCode, a.Header.Get("Parley-Position"), a.body)
		}
		if a.StatusCode == 204 && len(a.body) > 0 {
			t.Errorf("%s: 204 with a body", s.name)
		}
		if carries := a.StatusCode == 200 && strings.Contains(string(a.body), `"participants"`); carries != (a.Header.Get("ETag") != "") {
			t.Errorf("%s: ETag %q", s.name, a.Header.Get("ETag"))
		}
	}
}

func TestEveryQuestion_is_answered(t *testing.T) {
	t.Parallel()
	server := whole(t)
	c := begun(t, server)
	a := send(t, server, user, "POST", "/v1/conversations/"+c.ID.String()+"/messages", `{"body":"Second"}`)
	for _, q := range []struct{ as, path, want string }{
		{user, "/v1/conversations?name=order&status=active&status=closed&sort=-name&limit=1", `"next_cursor":null`},
		{user, "/v1/conversations?source_type=none", `{"items":[],"next_cursor":null}`},
		{user, "/v1/conversations/" + c.ID.String() + "/messages?limit=1", `"has_older":true,"has_newer":false}`},
		{user, "/v1/conversations/" + c.ID.String() + "/messages?before=2", `"number":1`},
		{admin, "/v1/conversations/" + c.ID.String() + "/history", `"type":"conversation.started.v1"`},
		{user, "/v1/records/order/1001/activities", c.ID.String()},
		{buyer, "/v1/records/customer_user/buyer/activities", c.ID.String()},
		{buyer, "/v1/me", `"permissions":{"view":"own"`},
		{user, "/v1/me", `"business_unit":{"id":"sales","name":"Sales"}`},
		{user, "/v1/search?q=seco", `"snippet":"<mark>Second</mark>"`},
		{buyer, "/v1/me/unread", `{"count":1,"label":"1","items":[{"conversation":"` + c.ID.String()},
		{buyer, "/v1/me/conversations", `"unread":2`},
		{admin, "/v1/me/conversations?mine=any&status=any", c.ID.String()},
		{user, "/v1/people?kind=user&q=uma", `{"items":[{"kind":"user","id":"user","name":"Uma User"}]`},
		{buyer, "/v1/records?type=order", `"id":"1001"`},
		{user, "/v1/records/order/a%2Fb%20c", `"label":"Odd id"`},
		{user, "/v1/record-types", `{"items":[{"type":"order","label":"Order"}],"next_cursor":null}`},
		{admin, "/v1/events?wait=0&type=conversation.message-added.v1&conversation=" + c.ID.String(), `"specversion":"1.0"`},
		{admin, "/v1/admin/projections", `"parked":[]`},
		{admin, "/v1/admin/projections/inboxes/diff", `"tables":[]`},
		{user, "/v1/live", "event: ready"},
	} {
		got := send(t, server, q.as, "GET", q.path, "", fresh(a)...)
		if got.StatusCode != 200 || !strings.Contains(string(got.body), q.want) {
			t.Errorf("%s: %d %s, want %s", q.path, got.StatusCode, got.body, q.want)
		}
	}
}

// neverTheSame is what differs between two answers that say the same.
var neverTheSame = cmpopts.IgnoreMapEntries(func(name string, _ []string) bool { return name == "X-Request-Id" || name == "Date" })

func TestForeign_is_answered_as_absent(t *testing.T) {
	t.Parallel()
	server := whole(t)
	c := begun(t, server)
	absent := "01900000-0000-7000-8000-000000000000"
	replaced := regexp.MustCompile(regexp.QuoteMeta(c.ID.String()))
	for _, as := range []string{otherBuyer, stranger} {
		for _, s := range []struct{ method, path, body string }{
			{"GET", "", ""},
			{"PATCH", "", `{"name":"x"}`},
			{"PATCH", "", `{"wrong":1}`},
			{"DELETE", "", ""},
			{"POST", "/restore", ""},
			{"POST", "/messages", `{"body":"x"}`},
			{"GET", "/messages", ""},
			{"PATCH", "/messages/1", `{"body":"x"}`},
			{"DELETE", "/messages/1", ""},
			{"GET", "/messages?limit=x", ""},
			{"PUT", "/contexts/order/1002", ""},
			{"DELETE", "/contexts/order/1001", ""},
			{"PUT", "/participants/user/user2", ""},
			{"DELETE", "/participants/user/user", ""},
			{"POST", "/close", ""},
			{"POST", "/reopen", ""},
			{"POST", "/read", `{"up_to":1}`},
			{"GET", "/history", ""},
		} {
			path := "/v1/conversations/" + c.ID.String() + s.path
			foreign := send(t, server, as, s.method, path, s.body, "If-Match", `"0"`)
			missing := send(t, server, as, s.method, replaced.ReplaceAllString(path, absent), s.body, "If-Match", `"0"`)
			if foreign.StatusCode != 404 || string(foreign.body) != string(missing.body) || !cmp.Equal(foreign.Header, missing.Header, neverTheSame) {
				t.Errorf("%s %s %s: %d %s\nabsent: %d %s", as, s.method, s.path, foreign.StatusCode, foreign.body, missing.StatusCode, missing.body)
			}
		}
	}
}
