package main_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

// closeLimit is how long a conversation that has been idle for a second may wait
// for being closed on a busy machine.
const closeLimit = 2 * time.Minute

// workflow changes the settings of the workflow and returns the position.
func (p *program) workflow(set obj) string {
	p.t.Helper()
	return p.as(anAdmin).send(http.MethodPatch, "/v1/settings", obj{"workflow": set}).want(http.StatusOK).position()
}

// history returns all events of a conversation, from at least a position on.
func (p *program) history(at, position string) (events []obj) {
	p.t.Helper()
	for cursor := ""; ; {
		r := p.as(anAdmin).get(at+"/history?cursor="+cursor, "Parley-Min-Position", position).want(http.StatusOK)
		events = append(events, r.items()...)
		next, more := r.field("next_cursor").(string)
		if !more {
			return events
		}
		cursor = next
	}
}

// transitions returns what the history says of the workflow and of messages, in
// order: "message", "closed by user:x", "reopened by customer_user:y for reply".
func transitions(events []obj) (all []string) {
	for _, e := range events {
		kind, _, _ := strings.Cut(strings.TrimPrefix(e["type"].(string), "conversation."), ".")
		actor, data := e["actor"].(obj), e["data"].(obj)
		switch kind {
		case "message-added":
			all = append(all, "message")
		case "closed", "reopened":
			what := fmt.Sprintf("%s by %s:%s", kind, actor["kind"], actor["id"])
			if cause, by := data["cause"]; by {
				what += fmt.Sprint(" for ", cause)
			}
			all = append(all, what)
		}
	}
	return all
}

// offers fails the test unless the answer offers these actions, and so does what
// the caller reads then.
func (p *program) offers(t *testing.T, who string, answer reply, want string) {
	t.Helper()
	answer.actions(t, who, want)
	agree(t, p.as(who), answer)
}

// actions fails the test unless the answer offers these actions.
func (r reply) actions(t *testing.T, who, want string) {
	t.Helper()
	if got := strings.Join(r.each("actions", ""), " "); got != want {
		t.Errorf("%s is offered %q, want %q", who, got, want)
	}
}

func TestRow_1_7_status_changes_by_permitted_transitions_alone(t *testing.T) {
	onBothStacks(t, func(t *testing.T, stores []string) {
		p := serve(t, stores)
		at := p.begin("workflow")
		p.ask(t, []probe{
			{"reopening an active one", anOwner, "POST", at + "/reopen", nil, nil, "409 conversation_active"},
			{"another way to the status", anOwner, "PATCH", at, obj{"status": "closed"}, nil, "422 /status"},
			{"closing by a customer user", aBuyer, "POST", at + "/close", nil, nil, "403"},
			{"closing what is not in view", aForeigner, "POST", at + "/close", nil, nil, "404"},
			{"a reason too long", anOwner, "POST", at + "/close", obj{"reason": strings.Repeat("x", 1001)}, nil, "422 /reason"},
			{"closing", aColleague, "POST", at + "/close", obj{"reason": " answered "}, nil, "200"},
			{"closing again", anOwner, "POST", at + "/close", obj{}, nil, "409 conversation_closed"},
			{"reopening by a customer user", aBuyer, "POST", at + "/reopen", nil, nil, "403"},
			{"another way back", anOwner, "PATCH", at, obj{"status": "active"}, nil, "422 /status"},
		})
		p.offers(t, aColleague, p.as(aColleague).post(at+"/reopen", nil).want(http.StatusOK), "close")
		closed := p.as(anOwner).post(at+"/close", nil).want(http.StatusOK)
		p.offers(t, anOwner, closed, "edit reopen add_context remove_context")
		events := p.history(at, closed.position())
		want := []string{"closed by user:user2", "reopened by user:user2", "closed by user:user"}
		if got := transitions(events); !slices.Equal(got, want) {
			t.Errorf("the history says %q, want %q", got, want)
		}
		for _, e := range events {
			if e["type"] == "conversation.closed.v1" && e["actor"].(obj)["id"] == "user2" && e["data"].(obj)["reason"] != "answered" {
				t.Errorf("the reason is lost: %v", e)
			}
		}
	})
}

func TestRow_1_7_the_workflow_is_switched_off_and_on_again(t *testing.T) {
	onBothStacks(t, func(t *testing.T, stores []string) {
		p := serve(t, stores)
		open, shut := p.begin("active"), p.begin("closed")
		p.as(anOwner).post(shut+"/close", nil).want(http.StatusOK)
		screen, _ := p.as(aBuyer).live("")
		off := p.workflow(obj{"enabled": false, "customers_may_reopen": true, "reopen_on_customer_reply": true})
		screen.until("reset", "") // an open screen is told to ask again
		for _, at := range []string{open, shut} {
			p.offers(t, anOwner, p.as(anOwner).send(http.MethodPatch, at, obj{}), "add_message edit add_context remove_context")
			for who, want := range map[string]string{anOwner: "add_message edit add_context remove_context", aBuyer: "add_message", aColleague: ""} {
				p.as(who).get(at, "Parley-Min-Position", off).actions(t, who, want)
			}
			p.ask(t, []probe{
				{"a user closes", anOwner, "POST", at + "/close", nil, nil, "409 workflow_off"},
				{"a user reopens", anOwner, "POST", at + "/reopen", nil, nil, "409 workflow_off"},
				{"a customer user who may reopen", aBuyer, "POST", at + "/reopen", nil, nil, "409 workflow_off"},
				{"a customer user who may not close", aBuyer, "POST", at + "/close", nil, nil, "403"},
				{"a message", anOwner, "POST", at + "/messages", saying("x"), nil, "201"},
				{"a reply", aBuyer, "POST", at + "/messages", saying("x"), nil, "201"},
			})
		}
		if r := p.as(anOwner).send(http.MethodPatch, shut, obj{}); r.field("status") != "closed" || r.field("message_count") != 2.0 {
			t.Errorf("without a transition it became %s", r.body)
		}
		on := p.workflow(obj{"enabled": true})
		p.as(aBuyer).get(shut, "Parley-Min-Position", on).actions(t, aBuyer, "add_message reopen")
		p.ask(t, []probe{
			{"a message to the one that was closed", anOwner, "POST", shut + "/messages", saying("x"), nil, "409 conversation_closed"},
			{"it reopens", anOwner, "POST", shut + "/reopen", nil, nil, "200"},
			{"the other closes", anOwner, "POST", open + "/close", nil, nil, "200"},
		})
	})
}

func TestRow_1_7_customers_close_and_reopen_where_that_is_set(t *testing.T) {
	onBothStacks(t, func(t *testing.T, stores []string) {
		p := serve(t, stores)
		at := p.begin("customers")
		set := p.workflow(obj{"customers_may_close": true})
		p.as(aChief).get(at, "Parley-Min-Position", set).actions(t, aChief, "add_message close")
		p.ask(t, []probe{
			{"who does not view it", aForeigner, "POST", at + "/close", nil, nil, "404"},
			{"the customer user", aBuyer, "POST", at + "/close", obj{"reason": "found it"}, nil, "200"},
			{"who may close may not reopen", aBuyer, "POST", at + "/reopen", nil, nil, "403"},
		})
		p.workflow(obj{"customers_may_close": false, "customers_may_reopen": true})
		p.offers(t, aBuyer, p.as(aBuyer).post(at+"/reopen", nil).want(http.StatusOK), "add_message")
		p.ask(t, []probe{{"who may reopen may not close", aChief, "POST", at + "/close", nil, nil, "403"}})
		p.as(anOwner).post(at+"/close", nil).want(http.StatusOK)
		p.offers(t, aChief, p.as(aChief).post(at+"/reopen", nil).want(http.StatusOK), "add_message")
		shut := p.as(anOwner).post(at+"/close", nil).want(http.StatusOK)
		p.as(aBuyer).get(at, "Parley-Min-Position", shut.position()).actions(t, aBuyer, "reopen")
	})
}

func TestRow_1_7_a_customers_reply_reopens_where_that_is_set(t *testing.T) {
	onBothStacks(t, func(t *testing.T, stores []string) {
		p := serve(t, stores)
		at := p.begin("replies")
		p.as(anOwner).post(at+"/close", nil).want(http.StatusOK)
		p.ask(t, []probe{{"a reply as it ships", aBuyer, "POST", at + "/messages", saying("x"), nil, "409 conversation_closed"}})
		set := p.workflow(obj{"reopen_on_customer_reply": true})
		for who, want := range map[string]string{aBuyer: "add_message", aChief: "add_message", anOwner: "edit reopen add_context remove_context"} {
			p.as(who).get(at, "Parley-Min-Position", set).actions(t, who, want)
		}
		p.ask(t, []probe{
			{"a user's message", anOwner, "POST", at + "/messages", saying("x"), nil, "409 conversation_closed"},
			{"one in the customer user's name", anOwner, "POST", at + "/messages", obj{"body": "x", "from": aPerson("customer_user", "buyer")}, nil, "409 conversation_closed"},
			{"a blank reply", aBuyer, "POST", at + "/messages", saying(" "), nil, "422 /body"},
			{"a reply by who does not view it", aForeigner, "POST", at + "/messages", saying("x"), nil, "404"},
		})
		answer := p.as(aBuyer).post(at+"/messages", saying("one more thing"), "Idempotency-Key", "k").want(http.StatusCreated)
		again := p.as(aBuyer).post(at+"/messages", saying("one more thing"), "Idempotency-Key", "k").want(http.StatusCreated)
		if answer.field("number") != 1.0 || again.position() != answer.position() {
			t.Errorf("the reply is %s at %s, and %s at %s when repeated", answer.body, answer.position(), again.body, again.position())
		}
		if r := p.as(aBuyer).get(at, "Parley-Min-Position", answer.position()); r.field("status") != "active" {
			t.Errorf("after the reply it is %s", r.body)
		}
		events := p.history(at, answer.position())
		if got, want := transitions(events), []string{"closed by user:user", "reopened by customer_user:buyer for reply", "message"}; !slices.Equal(got, want) {
			t.Fatalf("the history says %q, want %q", got, want)
		}
		reopened, added := events[len(events)-2], events[len(events)-1]
		if reopened["command_id"] != added["command_id"] || reopened["revision"].(float64)+1 != added["revision"] {
			t.Errorf("the reopening %v is not of the reply %v", reopened, added)
		}
	})
}

func TestRow_1_7_idle_conversations_are_closed_by_themselves_also_after_a_kill(t *testing.T) {
	onBothStacks(t, func(t *testing.T, stores []string) {
		p := serve(t, stores)
		idle := []string{p.begin("idle"), p.begin("idle too")}
		deleted, shut := p.begin("deleted"), p.begin("closed")
		p.as(anAdmin).send(http.MethodDelete, deleted, nil).want(http.StatusNoContent)
		p.as(anOwner).post(shut+"/close", nil).want(http.StatusOK)
		p.workflow(obj{"auto_close_after": 1})
		p.kill()
		p.start()
		idle = append(idle, p.beginAs(anOwner, obj{"name": "later", "customer_user": "buyer", "message": saying("x")}))
		p.closesAll(t, idle, "closed by system:system for inactivity")
		p.ask(t, []probe{{"a message to it", aBuyer, "POST", idle[0] + "/messages", saying("x"), nil, "409 conversation_closed"}})
		p.as(anOwner).post(idle[0]+"/reopen", nil).want(http.StatusOK)
		p.closesAll(t, idle[:1], "closed by system:system for inactivity", "reopened by user:user", "closed by system:system for inactivity")
		if got := transitions(p.history(shut, "0")); !slices.Equal(got, []string{"closed by user:user"}) {
			t.Errorf("one that was closed: %q", got)
		}
		if got := transitions(p.history(deleted, "0")); len(got) > 0 {
			t.Errorf("one that was deleted: %q", got)
		}
	})
}

// closesAll waits until conversations are closed as many times as wanted, and
// fails the test unless their histories say just that of the workflow.
func (p *program) closesAll(t *testing.T, conversations []string, want ...string) {
	t.Helper()
	for _, at := range conversations {
		var got []string
		eventually(t, closeLimit, at+" is closed by itself", func() bool {
			got = slices.DeleteFunc(transitions(p.history(at, "0")), func(what string) bool { return what == "message" })
			return len(got) >= len(want)
		})
		if !slices.Equal(got, want) {
			t.Errorf("the history of %s says %q, want %q", at, got, want)
		}
		for _, e := range p.history(at, "0") {
			if e["actor"].(obj)["kind"] == "system" && e["channel"] != "system" {
				t.Errorf("the system came through %v", e["channel"])
			}
		}
	}
}

func TestRow_1_7_idle_conversations_are_closed_once_by_two_instances(t *testing.T) {
	t.Parallel()
	stores := wired(t)
	one := serve(t, stores)
	two := serve(t, append(stores[2:], "--data", t.TempDir()))
	var idle []string
	for i := range 20 {
		idle = append(idle, one.begin(fmt.Sprint("idle ", i)))
	}
	one.workflow(obj{"auto_close_after": 1})
	one.closesAll(t, idle[:5], "closed by system:system for inactivity")
	one.kill()
	idle = append(idle, two.begin("begun on the other"))
	two.closesAll(t, idle, "closed by system:system for inactivity")
	two.settled()
	two.closesAll(t, idle, "closed by system:system for inactivity")
}
