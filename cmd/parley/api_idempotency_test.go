package main_test

import (
	"net/http"
	"testing"
)

func TestIdempotencyKeys_repeat_the_first_outcome(t *testing.T) {
	onBothStacks(t, func(t *testing.T, stores []string) {
		p := serve(t, stores)
		at := p.begin("keys")
		user, admin := p.as(anOwner), p.as(anAdmin)
		key := func(k string) []string { return []string{"Idempotency-Key", k} }

		start := obj{"name": "keyed", "customer_user": "buyer", "message": saying("first")}
		started := user.post("/v1/conversations", start, key("start")...).want(http.StatusCreated)
		begun := "/v1/conversations/" + started.field("id").(string)
		user.send(http.MethodPatch, begun, obj{"name": "renamed"}).want(http.StatusOK)
		once := user.post(at+"/messages", saying("once"), key("message")...).want(http.StatusCreated)
		reason := obj{"reason": "done"}
		user.post(at+"/close", reason, key("close")...).want(http.StatusOK)
		user.post(at+"/reopen", nil).want(http.StatusOK)
		p.as(aBuyer).post(at+"/read", obj{"up_to": 1}, key("read")...).want(http.StatusNoContent)
		admin.send(http.MethodDelete, begun, nil, key("delete")...).want(http.StatusNoContent)
		user.post(at+"/close", nil).want(http.StatusOK)

		repeat := func(says string) {
			again := user.post("/v1/conversations", start, key("start")...).want(http.StatusCreated)
			if again.field("id") != started.field("id") || again.position() != started.position() || again.field("name") != "renamed" {
				t.Errorf("%s the start is repeated as %s", says, again.body)
			}
			message := user.post(at+"/messages", saying("once"), "Idempotency-Key", "message", "If-Match", `"0"`).want(http.StatusCreated)
			if string(message.body) != string(once.body) || message.position() != once.position() {
				t.Errorf("%s the message is repeated as %s", says, message.body)
			}
			p.ask(t, []probe{
				{says + " closing is repeated", anOwner, "POST", at + "/close", reason, key("close"), "200"},
				{says + " reading is repeated", aBuyer, "POST", at + "/read", obj{"up_to": 1}, []string{"Idempotency-Key", "read", "If-Match", `"0"`}, "204"},
				{says + " deleting is repeated", anAdmin, "DELETE", begun, nil, key("delete"), "204"},
				{says + " another body is refused", anOwner, "POST", at + "/messages", saying("twice"), key("message"), "422 Idempotency-Key"},
				{says + " another path is refused", anOwner, "POST", at + "/reopen", nil, key("message"), "422 Idempotency-Key"},
				{says + " another method is refused", anOwner, "PATCH", at, saying("once"), key("message"), "422 Idempotency-Key"},
				{says + " another thing is refused", anAdmin, "PUT", "/v1/customers/x", obj{"name": "X"}, key("delete"), "422 Idempotency-Key"},
				{says + " it is another caller's own", aManager, "POST", at + "/messages", saying("once"), key("message"), "409 conversation_closed"},
			})
		}
		repeat("afterwards")
		p.kill()
		p.start()
		repeat("after a kill")
	})
}

func TestIdempotencyKeys_remember_what_happened_only(t *testing.T) {
	onBothStacks(t, func(t *testing.T, stores []string) {
		p := serve(t, stores)
		at, other := p.begin("at"), p.begin("other")
		p.ask(t, []probe{
			{"a refusal", anOwner, "POST", at + "/messages", saying(""), []string{"Idempotency-Key", "k"}, "422 /body"},
			{"is not remembered", anOwner, "POST", at + "/messages", saying("now"), []string{"Idempotency-Key", "k"}, "201"},
			{"a no-op", anOwner, "PATCH", at, obj{"name": "at"}, []string{"Idempotency-Key", "n"}, "200"},
			{"between", anOwner, "PATCH", at, obj{"name": "between"}, nil, "200"},
			{"is decided anew", anOwner, "PATCH", at, obj{"name": "at"}, []string{"Idempotency-Key", "n"}, "200"},
		})
		if got := p.as(anOwner).send(http.MethodPatch, at, obj{"name": nil}).field("name"); got != "at" {
			t.Errorf("after a no-op was decided anew the name is %v", got)
		}
		p.massDeletes(t, at, other)
	})
}

// massDeletes checks that a mass delete is one request under its key.
func (p *program) massDeletes(t *testing.T, at, other string) {
	t.Helper()
	ids := arr{"rubbish", at[len("/v1/conversations/"):], other[len("/v1/conversations/"):]}
	admin := p.as(anAdmin)
	for range 2 {
		admin.post("/v1/conversations/delete", obj{"ids": ids}, "Idempotency-Key", "mass").
			want(http.StatusOK).shows("a mass delete", "results", "status", "404", "204", "204")
	}
	again := admin.send(http.MethodDelete, at, nil).want(http.StatusNoContent)
	p.ask(t, []probe{
		{"other ids", anAdmin, "POST", "/v1/conversations/delete", obj{"ids": ids[2:]}, []string{"Idempotency-Key", "mass"}, "422 Idempotency-Key"},
		{"another path", anAdmin, "POST", at + "/restore", nil, []string{"Idempotency-Key", "mass"}, "422 Idempotency-Key"},
		{"without the permission", anOwner, "DELETE", at, nil, nil, "404"},
		{"a deleted one", anAdmin, "GET", at, nil, []string{"Parley-Min-Position", again.position()}, "404"},
		{"its history", anAdmin, "GET", at + "/history", nil, nil, "200"},
		{"restoring", anAdmin, "POST", at + "/restore", nil, nil, "200"},
		{"restoring what is there", anAdmin, "POST", at + "/restore", nil, nil, "200"},
	})
}
