package httpapi_test

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"

	"parley/adapters/httpapi"
)

func TestIdempotencyKey_repeats_the_first_outcome_whatever_happened_since(t *testing.T) {
	t.Parallel()
	server := whole(t)
	c := begun(t, server)
	at := "/v1/conversations/" + c.ID.String()
	say := func(body, key string, headers ...string) answered {
		return send(t, server, user, "POST", at+"/messages", body, append(headers, "Idempotency-Key", key)...)
	}
	first := say(`{"body":"once"}`, "k1")
	send(t, server, user, "POST", at+"/close", "")
	again := say(`{ "body" : "once" }`, "k1", "If-Match", `"0"`)
	if again.StatusCode != 201 || string(again.body) != string(first.body) {
		t.Errorf("repetition: %d %s", again.StatusCode, again.body)
	}
	if p := say(`{"body":"twice"}`, "k1").problem(t); p.Status != 422 || *p.Errors[0].Parameter != "Idempotency-Key" {
		t.Errorf("another body: %+v", p)
	}
	if p := send(t, server, user, "PATCH", at, `{"body":"once"}`, "Idempotency-Key", "k1").problem(t); p.Status != 422 {
		t.Errorf("another method: %+v", p)
	}
	if a := send(t, server, buyer, "POST", at+"/messages", `{"body":"once"}`, "Idempotency-Key", "k1"); a.StatusCode != 409 {
		t.Errorf("the key of another caller: %d %s", a.StatusCode, a.body)
	}
	for _, key := range []string{"", "with space", "ümlaut", strings.Repeat("k", 256)} {
		if p := say(`{"body":"x"}`, key).problem(t); p.Status != 400 {
			t.Errorf("key %q: %d", key, p.Status)
		}
	}
}

func TestIdempotencyKey_lets_parallel_repetitions_wait(t *testing.T) {
	t.Parallel()
	server := whole(t)
	var all sync.WaitGroup
	places := make([]string, 8)
	for i := range places {
		all.Go(func() {
			a := send(t, server, user, "POST", "/v1/conversations", `{"customer_user":"buyer","name":"n"}`, "Idempotency-Key", "same")
			places[i] = fmt.Sprint(a.StatusCode, a.Header.Get("Location"))
		})
	}
	all.Wait()
	if got := slices.Compact(places); len(got) != 1 || !strings.HasPrefix(got[0], "201") {
		t.Errorf("answers %v", got)
	}
}

func TestIfMatch_lets_a_command_happen_only_to_what_was_read(t *testing.T) {
	t.Parallel()
	server := whole(t)
	c := begun(t, server)
	tag := fmt.Sprintf(`"%d"`, *c.Revision)
	for _, m := range []struct {
		header string
		status int
	}{
		{`"0"`, 412},
		{`W/` + tag, 412},
		{`"x"`, 412},
		{`"00` + tag[1:], 412},
		{"", 400},
		{"5", 400},
		{`"5`, 400},
		{`"5" "6"`, 400},
		{`*, "5"`, 400},
		{",", 400},
		{tag, 200},
		{`"0", ` + tag, 200},
		{`W/"0",,` + tag + ` `, 200},
		{"*", 200},
	} {
		a := send(t, server, user, "PATCH", "/v1/conversations/"+c.ID.String(), `{"name":"`+c.Name+`"}`, "If-Match", m.header)
		if a.StatusCode != m.status {
			t.Errorf("If-Match %s: %d %s", m.header, a.StatusCode, a.body)
		}
	}
}

func TestManyClients_post_without_losing_to_each_other(t *testing.T) {
	t.Parallel()
	server := whole(t)
	c := begun(t, server)
	var all sync.WaitGroup
	numbers := make([]int, 64)
	for i := range numbers {
		all.Go(func() {
			a := send(t, server, user, "POST", "/v1/conversations/"+c.ID.String()+"/messages", `{"body":"x"}`)
			var m httpapi.Message
			a.decode(t, &m)
			numbers[i] = m.Number
		})
	}
	all.Wait()
	slices.Sort(numbers)
	for i, n := range numbers {
		if n != i+2 {
			t.Fatalf("numbers %v", numbers)
		}
	}
}

// pointers returns where a 422 says that something is wrong.
func pointers(t *testing.T, a answered) string {
	t.Helper()
	p := a.problem(t)
	places := []string{fmt.Sprint(p.Status)}
	for _, e := range p.Errors {
		if e.Pointer != nil {
			places = append(places, *e.Pointer)
		} else {
			places = append(places, *e.Parameter)
		}
	}
	slices.Sort(places[1:])
	return strings.Join(places, " ")
}

// wrongCommands is what is refused, of and beside the conversation at a path.
func wrongCommands(at string) []struct{ name, as, method, path, body, want string } {
	return []struct{ name, as, method, path, body, want string }{
		{"start with nothing", user, "POST", "/v1/conversations", `{}`, "422 /customer_user /name"},
		{"start all wrong", admin, "POST", "/v1/conversations", `{"name":5,"owner":"nobody","customer_user":"gone","contexts":[{"type":"order","id":"9"}],"message":{"body":" ","x":1},"y":null}`, "422 /contexts/0/id /customer_user /message/body /message/x /name /owner /y"},
		{"start for another owner", user, "POST", "/v1/conversations", `{"name":"n","customer_user":"buyer","owner":"user2"}`, "403"},
		{"a customer user starts without a message", buyer, "POST", "/v1/conversations", `{"name":"n"}`, "422 /message"},
		{"a customer user names an owner", buyer, "POST", "/v1/conversations", `{"name":"n","owner":"user"}`, "403"},
		{"a customer user starts from another's record", buyer, "POST", "/v1/conversations", `{"source":{"type":"order","id":"1002"},"message":{"body":"x"}}`, "422 /source"},
		{"a blank message", user, "POST", at + "/messages", `{"body":"\n"}`, "422 /body"},
		{"no message", user, "POST", at + "/messages", `{}`, "422 /body"},
		{"too long a message", user, "POST", at + "/messages", `{"body":"` + strings.Repeat("é", 16<<10) + `x"}`, "422 /body"},
		{"a message with what cannot be text", user, "POST", at + "/messages", "{\"body\":\"\xff\"}", "422 /body"},
		{"an unknown sender", user, "POST", at + "/messages", `{"body":"x","from":{"kind":"user","id":"nobody"}}`, "422 /from"},
		{"an internal note of a customer user", user, "POST", at + "/messages", `{"body":"x","internal":true,"from":{"kind":"customer_user","id":"buyer"}}`, "422 /from"},
		{"a customer user's internal", buyer, "POST", at + "/messages", `{"body":"x","internal":false}`, "403"},
		{"a customer user's other sender", buyer, "POST", at + "/messages", `{"body":"x","from":{"kind":"user","id":"user"}}`, "403"},
		{"one who may see but not write", user2, "POST", at + "/messages", `{"body":5}`, "403"},
		{"a customer user renames", buyer, "PATCH", at, `{"name":"x"}`, "403"},
		{"assign without the permission", user, "PATCH", at, `{"owner":"user2"}`, "403"},
		{"too long a name", user, "PATCH", at, `{"name":"` + strings.Repeat("é", 256) + `","z":1}`, "422 /name /z"},
		{"attach what is unknown", user, "PUT", at + "/contexts/order/9", "", "404"},
		{"detach what is unknown", user, "DELETE", at + "/contexts/order/9", "", "404"},
		{"add nobody", user, "PUT", at + "/participants/user/nobody", "", "404"},
		{"add a robot", user, "PUT", at + "/participants/robot/x", "", "404"},
		{"read without a number", user, "POST", at + "/read", `{}`, "422 /up_to"},
		{"read a negative number", user, "POST", at + "/read", `{"up_to":-1}`, "422 /up_to"},
		{"read with something else", user, "POST", at + "/read", `{"up_to":"1","x":1}`, "422 /up_to /x"},
		{"close with a long reason", user, "POST", at + "/close", `{"reason":"` + strings.Repeat("r", 1001) + `"}`, "422 /reason"},
		{"reopen what is active", user, "POST", at + "/reopen", "", "409"},
		{"a user deletes", user, "DELETE", at, "", "403"},
		{"delete nothing", admin, "POST", "/v1/conversations/delete", `{}`, "422 /ids"},
		{"delete too many", admin, "POST", "/v1/conversations/delete", `{"ids":[` + strings.Repeat(`"x",`, 100) + `"x"]}`, "422 /ids"},
		{"a user mirrors", user, "PUT", "/v1/people/user/x", `{"name":5}`, "403"},
		{"mirror a robot", admin, "PUT", "/v1/people/robot/x", `{"name":"x"}`, "404"},
		{"mirror wrongly", admin, "PUT", "/v1/people/user/x", `{"email":"no","roles":["", 5],"kind":"user"}`, "422 /email /kind /name /roles/0 /roles/1"},
		{"mirror too long an id", admin, "PUT", "/v1/customers/" + strings.Repeat("x", 129), `{"name":"x"}`, "404"},
		{"mirror of an unknown type", admin, "PUT", "/v1/records/none/1", `{"label":"x"}`, "404"},
		{"mirror a script", admin, "PUT", "/v1/records/order/1", `{"label":"x","url":"javascript:alert(1)"}`, "422 /url"},
		{"history for all", user, "GET", at + "/history", "", "403"},
		{"the feed for all", user, "GET", "/v1/events?wait=x", "", "403"},
		{"the feed with wrong parameters", admin, "GET", "/v1/events?wait=56&conversation=x&after=-1&x=1", "", "422 after conversation wait x"},
		{"a list with wrong parameters", user, "GET", "/v1/conversations?limit=201&sort=x&status=open&mine=1&created_after=now&limit2=1", "", "422 created_after limit limit2 mine sort status"},
		{"a list with a parameter twice", user, "GET", "/v1/conversations?limit=1&limit=2", "", "422 limit"},
		{"a cursor of nothing", user, "GET", "/v1/conversations?cursor=x", "", "400 cursor"},
		{"as of a time, of later", admin, "GET", at + "?as_of=1", "", "422 as_of"},
		{"activities of what is unknown", user, "GET", "/v1/records/order/9/activities", "", "404"},
		{"activities of what is not in view", buyer, "GET", "/v1/records/order/1002/activities?x=1", "", "404"},
		{"a record that is not in view", buyer, "GET", "/v1/records/order/1002", "", "404"},
		{"a position of the far future", user, "POST", at + "/close?x=1", "", "422 x"},
	}
}

func TestEveryCommand_refuses_with_all_that_is_wrong(t *testing.T) {
	t.Parallel()
	server := whole(t)
	c := begun(t, server)
	at := "/v1/conversations/" + c.ID.String()
	for _, s := range wrongCommands(at) {
		if got := pointers(t, send(t, server, s.as, s.method, s.path, s.body)); got != s.want {
			t.Errorf("%s: %s, want %s", s.name, got, s.want)
		}
	}
	if a := send(t, server, user, "POST", at+"/close", ""); a.StatusCode != 200 {
		t.Fatalf("close: %d", a.StatusCode)
	}
	for _, path := range []string{"/messages", "/close"} {
		p := send(t, server, user, "POST", at+path, map[string]string{"/messages": `{"body":"x"}`}[path]).problem(t)
		if p.Status != 409 || p.Code != "conversation_closed" {
			t.Errorf("%s when closed: %+v", path, p)
		}
	}
}

func TestTooLargeABody_is_read_on_so_that_the_client_sees_why(t *testing.T) {
	t.Parallel()
	server := thin(t, readModels{}, io.Discard)
	if a := send(t, server, "admin", "POST", rebuild, strings.Repeat("x", 4<<20)); a.StatusCode != 413 {
		t.Errorf("%d", a.StatusCode)
	}
}
