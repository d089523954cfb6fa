package main_test

import (
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"
)

func TestConversations_live_as_their_rows_say(t *testing.T) {
	onBothStacks(t, func(t *testing.T, stores []string) {
		p := serve(t, stores)
		p.startsFilled(t)
		p.startsByCustomers(t)
		p.senders(t)
		p.contexts(t)
		p.reassigned(t)
		p.closed(t)
		p.readMarks(t)
	})
}

// startsFilled is rows 1.1 to 1.4.
func (p *program) startsFilled(t *testing.T) {
	t.Helper()
	r := p.as(anAdmin).post("/v1/conversations", obj{
		"source": aRecord("rfq", "2001"), "owner": "user", "message": saying("*hi*\r\n<b>"),
		"contexts": arr{aRecord("order", "1001"), aRecord("rfq", "2001"), aRecord("order", "1001"), aRecord("customer_user", "buyer"), aRecord("user", "user2")},
	}).want(http.StatusCreated)
	for path, want := range map[string]any{
		"name": "Request for Quote 2001", "status": "active", "owner.name": "Uma User", "customer_user.id": "buyer", "customer.name": "Northwind",
		"source.label": "2001", "message_count": 1.0, "last_message.body": "*hi*\n<b>", "last_message.author.id": "admin", "mine": true, "unread": 0.0,
	} {
		if got := r.field(path); got != want {
			t.Errorf("%s is %v, want %v", path, got, want)
		}
	}
	if html := r.field("last_message.html").(string); strings.Contains(html, "<b>") || !strings.Contains(html, "&lt;b&gt;") || !strings.Contains(html, "<em>hi</em><br") {
		t.Errorf("the message is shown as %s", html)
	}
	r.shows("automatic contexts come first, chosen ones follow", "contexts", "id", "user", "buyer", "2001", "1001", "user2", "admin")
	r.shows("owner, customer user and author take part", "participants", "person.id", "user", "buyer", "admin")
	r.shows("only the author has read", "participants", "read_up_to", "0", "0", "1")
	if at := r.header.Get("Location"); at != "/v1/conversations/"+r.field("id").(string) || r.header.Get("ETag") != `"`+strconv.Itoa(int(r.field("revision").(float64)))+`"` {
		t.Errorf("headers are %v", r.header)
	}
	for _, name := range []string{"created_at", "updated_at", "last_message.at"} {
		if at, err := time.Parse(time.RFC3339Nano, r.field(name).(string)); err != nil || at.Location() != time.UTC {
			t.Errorf("%s is %v, want RFC 3339 in UTC", name, r.field(name))
		}
	}
	person := p.as(anOwner).post("/v1/conversations", obj{"source": aRecord("customer_user", "buyer")}).want(http.StatusCreated)
	if person.field("name") != "Customer User Bert Buyer" || person.field("customer_user.id") != "buyer" {
		t.Errorf("started from a person it is %s", person.body)
	}
}

func (p *program) startsByCustomers(t *testing.T) {
	t.Helper()
	r := p.as(aBuyer).post("/v1/conversations", obj{"source": aRecord("order", "1001"), "customer_user": "buyer", "owner": nil, "message": saying("x")}).want(http.StatusCreated)
	r.shows("a customer user sees no other participant", "participants", "person.id", "buyer")
	if r.field("owner.id") != "user" || r.header.Get("ETag") != "" || r.field("revision") != nil || r.field("last_message.author") != nil {
		t.Errorf("the buyer is told %s with %v", r.body, r.header)
	}
	other := p.as(aForeigner).post("/v1/conversations", obj{"name": "x", "message": saying("x")}).want(http.StatusCreated)
	if other.field("owner.id") != "admin" {
		t.Errorf("without a sales representative the owner is %v", other.field("owner"))
	}
	foreign := p.beginAs(anOwner, obj{"customer_user": "buyer", "source": obj{"type": "order", "id": "1002"}})
	seen := p.as(aBuyer).get(foreign).want(http.StatusOK)
	if seen.field("source.label") != "1002" || seen.field("source.url") != nil {
		t.Errorf("a source out of view is %v", seen.field("source"))
	}
	seen.shows("contexts out of view are hidden", "contexts", "id", "user", "buyer")
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

// contexts is row 1.9.
func (p *program) contexts(t *testing.T) {
	t.Helper()
	at := p.begin("contexts")
	id := strings.TrimPrefix(at, "/v1/conversations/")
	first := p.as(anOwner).send(http.MethodPut, at+"/contexts/quote/3002", nil).want(http.StatusNoContent)
	again := p.as(anOwner).send(http.MethodPut, at+"/contexts/quote/3002", nil).want(http.StatusNoContent)
	if first.position() != again.position() {
		t.Errorf("attaching again moved from %s to %s", first.position(), again.position())
	}
	name, position := again.since()
	p.as(anOwner).get("/v1/records/quote/3002/activities", name, position).shows("a record", "items", "id", id)
	p.as(aChief).get("/v1/records/quote/3002/activities", name, position).shows("the company's record", "items", "id", id)
	detached := p.as(anOwner).send(http.MethodDelete, at+"/contexts/quote/3002", nil).want(http.StatusNoContent)
	name, position = detached.since()
	p.as(anOwner).get("/v1/records/quote/3002/activities", name, position).shows("a record without it", "items", "id")
	if p.as(anOwner).send(http.MethodDelete, at+"/contexts/quote/3002", nil).want(http.StatusNoContent).position() != detached.position() {
		t.Error("detaching again moved the position")
	}
}

// reassigned is row 1.10.
func (p *program) reassigned(t *testing.T) {
	t.Helper()
	at := p.beginAs(anOwner, obj{"name": "x", "customer_user": "buyer", "message": saying("x")})
	r := p.as(anAdmin).send(http.MethodPatch, at, obj{
		"name": " y ", "owner": "user2", "customer_user": "other-buyer", "source": aRecord("quote", "3002"),
	}).want(http.StatusOK)
	r.shows("those who take part", "participants", "person.id", "user", "user2", "other-buyer")
	r.shows("the new ones have read nothing", "participants", "read_up_to", "1", "0", "0")
	r.shows("contexts", "contexts", "id", "user", "buyer", "user2", "other-buyer", "3002")
	name, position := r.since()
	p.ask(t, []probe{
		{"the former customer user", aBuyer, "GET", at, nil, []string{name, position}, "404"},
		{"and company", aChief, "GET", at + "/messages", nil, []string{name, position}, "404"},
		{"the new customer user", aForeigner, "GET", at + "/messages", nil, []string{name, position}, "200"},
		{"another's customer", anAdmin, "PATCH", at, obj{"customer": "northwind"}, nil, "422 /customer"},
	})
	same := p.as(anAdmin).send(http.MethodPatch, at, obj{"name": "y", "owner": "user2", "customer": "contoso", "source": aRecord("quote", "3002")}).want(http.StatusOK)
	if same.header.Get("ETag") != r.header.Get("ETag") || same.position() != position {
		t.Errorf("equal values moved it from %s to %s", r.header.Get("ETag"), same.header.Get("ETag"))
	}
	if cleared := p.as(anAdmin).send(http.MethodPatch, at, obj{"source": nil}).want(http.StatusOK); cleared.field("source") != nil {
		t.Errorf("a source that is cleared is %v", cleared.field("source"))
	}
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
