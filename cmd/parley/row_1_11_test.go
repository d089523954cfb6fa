package main_test

import (
	"net/http"
	"strings"
	"testing"
)

// idAt is the last part of a conversation's path.
func idAt(path string) string { return path[strings.LastIndex(path, "/")+1:] }

// massOf is what a mass command came to for each id.
func massOf(r reply) string { return strings.Join(r.each("results", "status"), " ") }

func TestRow_1_11_mass_commands_check_each_conversation_by_itself(t *testing.T) {
	onBothStacks(t, func(t *testing.T, stores []string) {
		p := serve(t, stores)
		mine := p.beginAs(aManager, obj{"name": "mine", "customer_user": "buyer", "message": saying("x")})
		his := p.beginAs(anOwner, obj{"name": "his", "customer_user": "buyer", "message": saying("x")})
		both := arr{idAt(mine), idAt(his)}
		all := arr{idAt(mine), idAt(his), idAt(unknownConv), "rubbish"}
		for _, step := range []struct {
			says, as, what string
			body           obj
			want           string
		}{
			{"a customer user closes none", aBuyer, "close", obj{"ids": all}, "403 403 404 404"},
			{"all are closed that are there", aColleague, "close", obj{"ids": all, "reason": "done"}, "200 200 404 404"},
			{"a closed one does not close again", anAdmin, "close", obj{"ids": both}, "409 409"},
			{"all are reopened", anAdmin, "reopen", obj{"ids": both}, "200 200"},
			{"an active one is not reopened", anAdmin, "reopen", obj{"ids": both}, "409 409"},
			{"a user assigns none", anOwner, "assign", obj{"ids": both, "owner": "user2"}, "403 403"},
			{"nobody is no owner", anAdmin, "assign", obj{"ids": both, "owner": "nobody"}, "422 422"},
			{"an administrator assigns all", anAdmin, "assign", obj{"ids": all, "owner": "user2"}, "200 200 404 404"},
			{"who takes part reads", aBuyer, "read", obj{"ids": all}, "204 204 404 404"},
			{"who takes none leaves no trace", anAdmin, "read", obj{"ids": both}, "204 204"},
			{"who does not see them reads none", aForeigner, "read", obj{"ids": both}, "404 404"},
			{"a manager deletes own ones only", aManager, "delete", obj{"ids": all}, "403 403 404 404"},
			{"an administrator deletes all", anAdmin, "delete", obj{"ids": all}, "204 204 404 404"},
			{"nothing at all", anAdmin, "delete", obj{"ids": arr{}}, ""},
		} {
			if got := massOf(p.as(step.as).post("/v1/conversations/"+step.what, step.body).want(http.StatusOK)); got != step.want {
				t.Errorf("%s: %s, want %s", step.says, got, step.want)
			}
		}
		problem := p.as(aForeigner).post("/v1/conversations/close", obj{"ids": both}).field("results.0.problem.code")
		if problem != "not_found" {
			t.Errorf("the problem of what may not be seen is %v", problem)
		}
		p.ask(t, massesThatAreRefused())
	})
}

func massesThatAreRefused() []probe {
	return []probe{
		{"no ids", anAdmin, "POST", "/v1/conversations/close", obj{}, nil, "422 /ids"},
		{"ids that are none", anAdmin, "POST", "/v1/conversations/read", obj{"ids": arr{1}}, nil, "422 /ids/0"},
		{"too many", anAdmin, "POST", "/v1/conversations/reopen", obj{"ids": make([]string, 101)}, nil, "422 /ids"},
		{"too many to read", anAdmin, "POST", "/v1/conversations/read", obj{"ids": make([]string, 101)}, nil, "422 /ids"},
		{"no owner", anAdmin, "POST", "/v1/conversations/assign", obj{"ids": arr{}}, nil, "422 /owner"},
		{"too long a reason", anAdmin, "POST", "/v1/conversations/close", obj{"ids": arr{}, "reason": strings.Repeat("x", 1001)}, nil, "422 /reason"},
		{"what nobody knows", anAdmin, "POST", "/v1/conversations/assign", obj{"ids": arr{}, "owner": "user", "zz": 1}, nil, "422 /zz"},
		{"no ids of a conversation that is called so", anAdmin, "GET", "/v1/conversations/close", nil, nil, "404"},
	}
}

func TestRow_1_11_mass_commands_do_and_say_the_same_when_repeated(t *testing.T) {
	onBothStacks(t, func(t *testing.T, stores []string) {
		p := serve(t, stores)
		one := p.beginAs(anOwner, obj{"name": "one", "customer_user": "buyer", "message": saying("x")})
		two := p.beginAs(anOwner, obj{"name": "two", "customer_user": "buyer", "message": saying("x")})
		ids := arr{"rubbish", idAt(one), idAt(two)}
		for _, step := range []struct {
			as, what string
			more     obj
			want     string
		}{
			{anAdmin, "close", obj{"reason": "done"}, "404 200 200"},
			{aBuyer, "read", obj{}, "404 204 204"},
			{anAdmin, "assign", obj{"owner": "manager"}, "404 200 200"},
			{anAdmin, "reopen", obj{}, "404 200 200"},
			{anAdmin, "delete", obj{}, "404 204 204"},
		} {
			body, key := obj{"ids": ids}, []string{"Idempotency-Key", step.what}
			for name, value := range step.more {
				body[name] = value
			}
			first := p.as(step.as).post("/v1/conversations/"+step.what, body, key...).want(http.StatusOK)
			again := p.as(step.as).post("/v1/conversations/"+step.what, body, key...).want(http.StatusOK)
			if massOf(first) != step.want || string(again.body) != string(first.body) {
				t.Errorf("%s came to %s and then to %s", step.what, first.body, again.body)
			}
			body["ids"] = arr{}
			if other := p.as(step.as).post("/v1/conversations/"+step.what, body, key...); other.outcome() != "422 Idempotency-Key" {
				t.Errorf("another %s under the same key came to %s", step.what, other.outcome())
			}
		}
	})
}
