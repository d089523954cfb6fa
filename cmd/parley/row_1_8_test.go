package main_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

func TestRow_1_8_closed_blocks_new_messages_and_nothing_else(t *testing.T) {
	onBothStacks(t, func(t *testing.T, stores []string) {
		p := serve(t, stores)
		at := p.beginAs(anOwner, obj{"name": "closing", "customer_user": "buyer", "message": saying("first")})
		p.as(anOwner).post(at+"/close", nil).want(http.StatusOK)
		p.ask(t, []probe{
			{"a message by the owner", anOwner, "POST", at + "/messages", saying("x"), nil, "409 conversation_closed"},
			{"an internal note", anOwner, "POST", at + "/messages", noting("x"), nil, "409 conversation_closed"},
			{"a message by an administrator", anAdmin, "POST", at + "/messages", saying("x"), nil, "409 conversation_closed"},
			{"a message as another", aManager, "POST", at + "/messages", obj{"body": "x", "from": aPerson("customer_user", "buyer")}, nil, "409 conversation_closed"},
			{"a message by the customer user", aBuyer, "POST", at + "/messages", saying("x"), nil, "409 conversation_closed"},
			{"a message by the customer's administrator", aChief, "POST", at + "/messages", saying("x"), nil, "409 conversation_closed"},
			{"view", aBuyer, "GET", at, nil, nil, "200"},
			{"messages", aBuyer, "GET", at + "/messages", nil, nil, "200"},
			{"rename", anOwner, "PATCH", at, obj{"name": "closed"}, nil, "200"},
			{"owner", anAdmin, "PATCH", at, obj{"owner": "manager"}, nil, "200"},
			{"customer user", anAdmin, "PATCH", at, obj{"customer_user": "customer-admin"}, nil, "200"},
			{"source", anAdmin, "PATCH", at, obj{"source": aRecord("order", "1003")}, nil, "200"},
			{"attach a context", anAdmin, "PUT", at + "/contexts/order/1001", nil, nil, "204"},
			{"detach a context", anAdmin, "DELETE", at + "/contexts/order/1001", nil, nil, "204"},
			{"add a participant", anAdmin, "PUT", at + "/participants/user/user2", nil, nil, "204"},
			{"remove a participant", anAdmin, "DELETE", at + "/participants/user/user2", nil, nil, "204"},
			{"mark read", aChief, "POST", at + "/read", obj{"up_to": 1}, nil, "204"},
			{"mark all read", aChief, "POST", "/v1/me/read", nil, nil, "204"},
			{"delete", anAdmin, "DELETE", at, nil, nil, "204"},
			{"restore", anAdmin, "POST", at + "/restore", nil, nil, "200"},
		})
		r := p.as(anAdmin).send(http.MethodPatch, at, obj{})
		if r.field("status") != "closed" || r.field("message_count") != 1.0 || r.field("name") != "closed" || r.field("owner.id") != "manager" {
			t.Errorf("after all that it is %s", r.body)
		}
	})
}

// Whoever closes, nothing gets in behind: in the history, which is the order in
// which all of it happened, no message stands between a close and the next
// reopening.
func TestRow_1_8_never_a_message_after_the_close(t *testing.T) {
	onBothStacks(t, func(t *testing.T, stores []string) {
		p := serve(t, stores)
		p.racesToClose(t, p, p)
	})
}

func TestRow_1_8_never_a_message_after_the_close_on_another_instance(t *testing.T) {
	t.Parallel()
	stores := wired(t)
	one := serve(t, stores)
	one.racesToClose(t, one, serve(t, append(stores[2:], "--data", t.TempDir())))
}

// racesToClose lets many write on two servers while others close and reopen.
func (p *program) racesToClose(t *testing.T, one, two *program) {
	t.Helper()
	const writers, closers, each = 16, 4, 12
	at := p.begin("race")
	var all sync.WaitGroup
	var added, closed, refused atomic.Int64
	for i := range writers + closers {
		server := []*program{one, two}[i%2]
		all.Go(func() {
			for n := range each {
				if i >= writers {
					server.as(anOwner).races(at+"/close", nil, &closed, &refused)
					server.as(aColleague).races(at+"/reopen", nil, new(atomic.Int64), new(atomic.Int64))
					continue
				}
				who := []string{anOwner, aBuyer}[i/2%2]
				server.as(who).races(at+"/messages", saying(fmt.Sprint(i, " ", n)), &added, &refused)
			}
		})
	}
	all.Wait()
	p.as(anOwner).post(at+"/reopen", nil)
	last := p.as(anOwner).post(at+"/close", nil).want(http.StatusOK)
	two.as(aBuyer).post(at+"/messages", saying("late")).want(http.StatusConflict)
	told := transitions(p.history(at, last.position()))
	messages := int64(0)
	for i, what := range told {
		if what != "message" {
			continue
		}
		messages++
		if i > 0 && strings.HasPrefix(told[i-1], "closed") {
			t.Fatalf("a message came after the close: %q", told[:i+1])
		}
	}
	if messages != added.Load() {
		t.Errorf("%d messages are in the history, %d were acknowledged", messages, added.Load())
	}
	t.Logf("%d messages, %d closings, %d refusals", messages, closed.Load(), refused.Load())
}

// races sends a command that is done or refused by a conflict, and counts it.
func (c caller) races(path string, body any, done, refused *atomic.Int64) {
	c.p.t.Helper()
	switch r, err := c.try(http.MethodPost, path, body); {
	case err != nil:
		c.p.t.Errorf("POST %s: %v", path, err)
	case r.status == http.StatusOK, r.status == http.StatusCreated:
		done.Add(1)
	case r.status == http.StatusConflict:
		refused.Add(1)
	default:
		c.p.t.Errorf("POST %s came to %d: %s", path, r.status, r.body)
	}
}
