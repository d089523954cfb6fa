package main_test

import (
	"fmt"
	"net/http"
	"strconv"
	"sync"
	"testing"
)

// Every command says where it stands, and every question that carries that is
// answered with it in sight, however many are under way.
func TestRow_2_9_what_was_written_is_read_by_whoever_carries_its_position(t *testing.T) {
	onBothStacks(t, func(t *testing.T, stores []string) {
		p := serve(t, stores)
		at := p.beginAs(anOwner, obj{"source": aRecord("order", "1001"), "message": saying("first")})
		var people sync.WaitGroup
		for person := range 8 {
			people.Go(func() {
				for n := range 5 {
					p.writesAndReads(t, at, fmt.Sprintf("%d-%d", person, n))
				}
			})
		}
		people.Wait()
	})
}

func (p *program) writesAndReads(t *testing.T, at, text string) {
	written, err := p.as(anOwner).try(http.MethodPost, at+"/messages", saying(text))
	if err != nil || written.status != http.StatusCreated {
		t.Errorf("post: %v, %d", err, written.status)
		return
	}
	number := written.field("number").(float64)
	name, position := written.since()
	for path, holds := range map[string]func(reply) bool{
		at: func(r reply) bool { return r.field("message_count").(float64) >= number },
		at + "/messages?limit=1&after=" + strconv.Itoa(int(number)-1): func(r reply) bool { return r.field("items.0.body") == text },
		"/v1/conversations":                 func(r reply) bool { return r.field("items.0.message_count").(float64) >= number },
		"/v1/me/conversations":              func(r reply) bool { return r.field("items.0.message_count").(float64) >= number },
		"/v1/records/order/1001/activities": func(r reply) bool { return r.field("items.0.message_count").(float64) >= number },
	} {
		read, err := p.as(anOwner).try(http.MethodGet, path, nil, name, position)
		if err != nil || read.status != http.StatusOK || !holds(read) {
			t.Errorf("after message %v at %s, %s answers %d: %s (%v)", number, position, path, read.status, read.body, err)
		}
	}
}

func TestRow_2_9_every_command_answers_with_its_position(t *testing.T) {
	onBothStacks(t, func(t *testing.T, stores []string) {
		p := serve(t, stores)
		at := p.begin("positions")
		id := at[len("/v1/conversations/"):]
		var before uint64
		for _, c := range []probe{
			{"start", anOwner, "POST", "/v1/conversations", obj{"name": "x", "customer_user": "buyer"}, nil, "201"},
			{"message", anOwner, "POST", at + "/messages", saying("x"), nil, "201"},
			{"update", anOwner, "PATCH", at, obj{"name": "y"}, nil, "200"},
			{"context", anOwner, "PUT", at + "/contexts/order/1001", nil, nil, "204"},
			{"no context", anOwner, "DELETE", at + "/contexts/order/1001", nil, nil, "204"},
			{"participant", anOwner, "PUT", at + "/participants/user/user2", nil, nil, "204"},
			{"no participant", anOwner, "DELETE", at + "/participants/user/user2", nil, nil, "204"},
			{"read", aBuyer, "POST", at + "/read", obj{"up_to": 1}, nil, "204"},
			{"close", anOwner, "POST", at + "/close", nil, nil, "200"},
			{"reopen", anOwner, "POST", at + "/reopen", nil, nil, "200"},
			{"delete", anAdmin, "DELETE", at, nil, nil, "204"},
			{"restore", anAdmin, "POST", at + "/restore", nil, nil, "200"},
			{"mass delete", anAdmin, "POST", "/v1/conversations/delete", obj{"ids": arr{id}}, nil, "200"},
			{"person", anAdmin, "PUT", "/v1/people/user/user2", obj{"name": "Ugo"}, nil, "204"},
			{"record", anAdmin, "PUT", "/v1/records/order/1", obj{"label": "1"}, nil, "204"},
			{"no record", anAdmin, "DELETE", "/v1/records/order/1", nil, nil, "204"},
			{"customer", anAdmin, "PUT", "/v1/customers/c", obj{"name": "C"}, nil, "204"},
			{"unit", anAdmin, "PUT", "/v1/business-units/u", obj{"name": "U"}, nil, "204"},
		} {
			done := p.as(c.as).send(c.method, c.path, c.body)
			position, err := strconv.ParseUint(done.position(), 10, 64)
			if done.outcome() != c.want || err != nil || position <= before {
				t.Errorf("%s comes to %s at %q, after %d: %s", c.says, done.outcome(), done.position(), before, done.body)
			}
			before = position
		}
		again := p.as(anAdmin).send(http.MethodPut, "/v1/business-units/u", obj{"name": "U"}).want(http.StatusNoContent)
		if position, err := strconv.ParseUint(again.position(), 10, 64); err != nil || position < before {
			t.Errorf("what changes nothing stands at %q, before %d", again.position(), before)
		}
		p.waitsInVain(t, before)
	})
}

// waitsInVain asks for what is yet to come: no question and no command is
// answered from before it.
func (p *program) waitsInVain(t *testing.T, last uint64) {
	t.Helper()
	var asking sync.WaitGroup
	ahead := strconv.FormatUint(last+1_000_000, 10)
	for method, path := range map[string]string{http.MethodGet: "/v1/conversations", http.MethodPost: "/v1/conversations/delete"} {
		asking.Go(func() {
			var body any
			if method == http.MethodPost {
				body = obj{"ids": arr{}}
			}
			r, err := p.as(anAdmin).try(method, path, body, "Parley-Min-Position", ahead)
			if err != nil || r.status != http.StatusServiceUnavailable || r.header.Get("Retry-After") == "" {
				t.Errorf("%s %s from what is yet to come is answered %d: %s (%v)", method, path, r.status, r.body, err)
			}
		})
	}
	asking.Wait()
}
