package main_test

import (
	"net/http"
	"strconv"
	"strings"
	"testing"
)

func TestConversations_live_as_their_rows_say(t *testing.T) {
	onBothStacks(t, func(t *testing.T, stores []string) {
		p := serve(t, stores)
		p.senders(t)
		p.closed(t)
		p.readMarks(t)
	})
}

// senders is row 1.6.
func (p *program) senders(t *testing.T) {
	t.Helper()
	at := p.begin("senders")
	m := p.as(anOwner).post(at+"/messages", obj{"body": "x", "from": aPerson("customer_user", "buyer")}).want(http.StatusCreated)
	if m.field("from.id") != "buyer" || m.field("author.id") != "user" {
		t.Errorf("the message is %s", m.body)
	}
	p.as(aManager).post(at+"/messages", obj{"body": "x", "from": aPerson("user", "user2")}).want(http.StatusCreated)
	r := p.as(anOwner).send(http.MethodPatch, at, obj{})
	r.shows("author and displayed sender join", "participants", "person.id", "user", "buyer", "manager", "user2")
	r.shows("only authors have read", "participants", "read_up_to", "1", "0", "2", "0")
	r.shows("and become contexts", "contexts", "id", "user", "buyer", "manager", "user2")
	p.ask(t, []probe{
		{"a context is removed", anOwner, "DELETE", at + "/contexts/user/manager", nil, nil, "204"},
		{"a participant leaves", aManager, "DELETE", at + "/participants/user/manager", nil, nil, "204"},
		{"and is added", anOwner, "PUT", at + "/participants/user/manager", nil, nil, "204"},
		{"a colleague takes part", aColleague, "POST", at + "/messages", saying("x"), nil, "201"},
		{"is removed", anOwner, "DELETE", at + "/participants/user/user2", nil, nil, "204"},
		{"and writes no more", aColleague, "POST", at + "/messages", saying("x"), nil, "403"},
		{"joins again by writing", aManager, "POST", at + "/messages", saying("x"), nil, "201"},
	})
	p.as(anOwner).send(http.MethodPatch, at, obj{}).shows("a removed context does not come back by itself", "contexts", "id", "user", "buyer", "user2")
}

// closed is row 1.8.
func (p *program) closed(t *testing.T) {
	t.Helper()
	at := p.begin("closing")
	p.ask(t, []probe{
		{"a message", anOwner, "POST", at + "/messages", saying("x"), nil, "201"},
		{"a colleague closes", aColleague, "POST", at + "/close", obj{"reason": "done"}, nil, "200"},
		{"a message by a participant", aBuyer, "POST", at + "/messages", saying("x"), nil, "409 conversation_closed"},
		{"rename", anOwner, "PATCH", at, obj{"name": "closed"}, nil, "200"},
		{"owner", anAdmin, "PATCH", at, obj{"owner": "manager"}, nil, "200"},
		{"context", anAdmin, "PUT", at + "/contexts/order/1001", nil, nil, "204"},
		{"read", aBuyer, "POST", at + "/read", obj{"up_to": 1}, nil, "204"},
		{"reopen", aColleague, "POST", at + "/reopen", obj{"reason": nil}, nil, "200"},
		{"message again", aBuyer, "POST", at + "/messages", saying("x"), nil, "201"},
	})
}

// readMarks is rows 2.5 and 2.6.
func (p *program) readMarks(t *testing.T) {
	t.Helper()
	at := p.begin("reading")
	text := strings.Repeat("👨‍👩‍👧‍👦", 60)
	p.as(anOwner).post(at+"/messages", saying("**first**")).want(http.StatusCreated)
	name, position := p.as(anOwner).post(at+"/messages", saying(text)).want(http.StatusCreated).since()
	p.as(aBuyer).get("/v1/me/unread", name, position).want(http.StatusOK)
	unread := p.as(aBuyer).get("/v1/me/unread", name, position)
	if unread.field("items.0.snippet") != strings.Repeat("👨‍👩‍👧‍👦", 50) || unread.field("items.0.name") != "reading" || unread.field("items.0.from.id") != "user" {
		t.Errorf("the indicator is %s", unread.body)
	}
	if count := unread.field("count").(float64); unread.field("label") != strconv.Itoa(int(count)) || int(count) != len(unread.each("items", "name"))+int(unread.field("more").(float64)) {
		t.Errorf("the indicator counts %s", unread.body)
	}
	for _, step := range []struct {
		says       string
		upTo, want float64
	}{{"up to what was shown", 1, 1}, {"never back", 0, 1}, {"beyond the last", 99, 2}} {
		name, position := p.as(aBuyer).post(at+"/read", obj{"up_to": step.upTo}).want(http.StatusNoContent).since()
		if got := p.as(aBuyer).get(at, name, position).field("participants.0.read_up_to"); got != step.want {
			t.Errorf("%s: the cursor is %v, want %v", step.says, got, step.want)
		}
	}
	outside := p.as(aColleague).post(at+"/read", obj{"up_to": 2}).want(http.StatusNoContent)
	p.as(aColleague).get(at, "Parley-Min-Position", outside.position()).shows("who takes no part leaves no trace", "participants", "person.id", "user", "buyer")
	all := p.as(aBuyer).post("/v1/me/read", nil).want(http.StatusNoContent)
	if left := p.as(aBuyer).get("/v1/me/unread", "Parley-Min-Position", all.position()); left.field("count") != 0.0 || left.field("label") != "" || left.field("more") != 0.0 {
		t.Errorf("after all was read the indicator is %s", left.body)
	}
}
