package main_test

import (
	"net/http"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// agree fails the test unless the answer to a command is what the caller reads
// at its position: one comes from the events, the other from the read models.
func agree(t *testing.T, who caller, answer reply) string {
	t.Helper()
	told := answer.object()
	id, _ := told["id"].(string)
	read := who.get("/v1/conversations/"+id, "Parley-Min-Position", answer.position()).want(http.StatusOK)
	if diff := cmp.Diff(read.object(), told); diff != "" {
		t.Errorf("%s is told another conversation than the one they read (-read +told):\n%s", who.token, diff)
	}
	if got, want := answer.header.Get("ETag"), read.header.Get("ETag"); got != want {
		t.Errorf("%s is told entity tag %s and reads %s", who.token, got, want)
	}
	return id
}

func TestCommands_answer_with_what_queries_then_read(t *testing.T) {
	onBothStacks(t, func(t *testing.T, stores []string) {
		p := serve(t, stores)
		admin, manager, user, buyer := p.as("user:admin"), p.as("user:manager"), p.as("user:user"), p.as("customer_user:buyer")
		start := map[string]any{
			"source": map[string]string{"type": "order", "id": "1001"}, "message": map[string]string{"body": "Where *is* it?"},
		}
		id := agree(t, buyer, buyer.post("/v1/conversations", start, "Idempotency-Key", "k").want(http.StatusCreated))
		at := "/v1/conversations/" + id
		patch := func(who caller, body map[string]any) {
			t.Helper()
			agree(t, who, who.send(http.MethodPatch, at, body).want(http.StatusOK))
		}
		user.post(at+"/messages", map[string]any{"body": "a note", "internal": true}).want(http.StatusCreated)
		user.post(at+"/messages", map[string]any{"body": "as another", "from": map[string]string{"kind": "user", "id": "user2"}}).want(http.StatusCreated)
		buyer.post(at+"/read", map[string]int{"up_to": 2}).want(http.StatusNoContent)
		user.send(http.MethodPatch, at+"/messages/3", say("as another, *edited*")).want(http.StatusOK)
		patch(user, map[string]any{"name": "Another name"})
		admin.send(http.MethodDelete, at+"/messages/3", nil).want(http.StatusNoContent)
		for _, path := range []string{"/contexts/order/1002", "/contexts/rfq/2001", "/participants/user/manager"} {
			user.send(http.MethodPut, at+path, nil).want(http.StatusNoContent)
		}
		for _, path := range []string{"/contexts/order/1002", "/participants/user/user2"} {
			user.send(http.MethodDelete, at+path, nil).want(http.StatusNoContent)
		}
		patch(manager, map[string]any{"source": map[string]string{"type": "order", "id": "1002"}})
		agree(t, buyer, buyer.post("/v1/conversations", start, "Idempotency-Key", "k").want(http.StatusCreated))
		admin.send(http.MethodDelete, "/v1/records/order/1002", nil).want(http.StatusNoContent)
		patch(admin, map[string]any{"owner": "manager"})
		patch(admin, map[string]any{"source": nil})
		agree(t, manager, manager.post(at+"/close", map[string]any{"reason": "answered"}).want(http.StatusOK))
		agree(t, user, user.post(at+"/reopen", nil).want(http.StatusOK))
		patch(admin, map[string]any{"customer_user": "other-buyer"})
		admin.send(http.MethodDelete, at, nil).want(http.StatusNoContent)
		agree(t, admin, admin.post(at+"/restore", nil).want(http.StatusOK))
	})
}

func TestMessages_are_answered_as_they_are_then_read(t *testing.T) {
	onBothStacks(t, func(t *testing.T, stores []string) {
		p := serve(t, stores)
		user, buyer := p.as("user:user"), p.as("customer_user:buyer")
		id := user.post("/v1/conversations", map[string]string{"name": "x", "customer_user": "buyer"}).want(http.StatusCreated).object()["id"].(string)
		at := "/v1/conversations/" + id + "/messages"
		user.post(at, map[string]any{"body": "a note", "internal": true}).want(http.StatusCreated)
		for _, who := range []caller{user, buyer} {
			told := who.post(at, map[string]string{"body": "line\r\nline <b>"}).want(http.StatusCreated)
			items := who.get(at, "Parley-Min-Position", told.position()).want(http.StatusOK).items()
			if diff := cmp.Diff(items[len(items)-1], told.object()); diff != "" {
				t.Errorf("%s is told another message than the one they read (-read +told):\n%s", who.token, diff)
			}
			edited := who.send(http.MethodPatch, at+"/"+strconv.Itoa(int(told.field("number").(float64))), say("*edited*")).want(http.StatusOK)
			items = who.get(at, "Parley-Min-Position", edited.position()).want(http.StatusOK).items()
			if diff := cmp.Diff(items[len(items)-1], edited.object()); diff != "" {
				t.Errorf("%s is told another edit than the one they read (-read +told):\n%s", who.token, diff)
			}
		}
	})
}
