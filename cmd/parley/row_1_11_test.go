package main_test

import (
	"net/http"
	"net/url"
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

func TestRow_1_11_deleted_is_gone_from_everywhere_and_comes_back_restored(t *testing.T) {
	onBothStacks(t, func(t *testing.T, stores []string) {
		p := serve(t, stores)
		at := p.beginAs(anOwner, obj{"source": aRecord("order", "1001"), "message": saying("x")})
		places := []string{
			"/v1/conversations", "/v1/me/conversations?mine=any&status=any", "/v1/records/order/1001/activities",
			"/v1/search?q=order", "/v1/me/unread",
		}
		shown := func(position string) (n int) {
			for _, who := range []string{anOwner, aBuyer, anAdmin} {
				for _, path := range places {
					if strings.Contains(string(p.as(who).get(path, "Parley-Min-Position", position).want(http.StatusOK).body), idAt(at)) {
						n++
					}
				}
			}
			return n
		}
		before := shown(p.as(anOwner).send(http.MethodPatch, at, obj{}).position())
		gone := p.as(anAdmin).send(http.MethodDelete, at, nil).want(http.StatusNoContent)
		if left := shown(gone.position()); before == 0 || left != 0 {
			t.Errorf("%d places showed it, and %d do when it is deleted", before, left)
		}
		p.ask(t, []probe{
			{"it is not found", anAdmin, "GET", at, nil, nil, "404"},
			{"nor its messages", anOwner, "GET", at + "/messages", nil, nil, "404"},
			{"its history is kept", anAdmin, "GET", at + "/history", nil, nil, "200"},
			{"a user does not restore", anOwner, "POST", at + "/restore", nil, nil, "404"},
		})
		back := p.as(anAdmin).post(at+"/restore", nil).want(http.StatusOK)
		if now := shown(back.position()); now != before {
			t.Errorf("%d places showed it, and %d do when it is restored", before, now)
		}
	})
}

func TestRow_1_11_purged_is_gone_for_ever_but_for_who_purged_it_and_when(t *testing.T) {
	onBothStacks(t, func(t *testing.T, stores []string) {
		p := serve(t, stores)
		at := p.beginAs(anOwner, obj{"name": "abracadabra", "customer_user": "buyer", "message": saying("simsalabim")})
		kept := p.beginAs(anOwner, obj{"name": "kept", "customer_user": "buyer", "message": saying("kept")})
		p.as(aBuyer).post(at+"/messages", saying("simsalabim"), "Idempotency-Key", "said").want(http.StatusCreated)
		p.as(aBuyer).post(at+"/read", obj{"up_to": 2}).want(http.StatusNoContent)
		p.ask(t, []probe{
			{"what is not deleted", anAdmin, "POST", at + "/purge", nil, nil, "409 conflict"},
			{"it is deleted", anAdmin, "DELETE", at, nil, nil, "204"},
			{"a user", anOwner, "POST", at + "/purge", nil, nil, "404"},
			{"another revision", anAdmin, "POST", at + "/purge", nil, []string{"If-Match", `"0"`}, "412"},
			{"a body", anAdmin, "POST", at + "/purge", obj{"zz": 1}, nil, "422 /zz"},
		})
		purged := p.as(anAdmin).post(at+"/purge", nil, "Idempotency-Key", "purge").want(http.StatusNoContent)
		again := p.as(anAdmin).post(at+"/purge", nil, "Idempotency-Key", "purge").want(http.StatusNoContent)
		if again.position() != purged.position() {
			t.Errorf("the repetition answers with position %s, want %s", again.position(), purged.position())
		}
		since := []string{"Parley-Min-Position", purged.position()}
		p.ask(t, []probe{
			{"once more", anAdmin, "POST", at + "/purge", nil, since, "204"},
			{"restore", anAdmin, "POST", at + "/restore", nil, since, "404"},
			{"delete", anAdmin, "DELETE", at, nil, since, "404"},
			{"read", anAdmin, "GET", at, nil, since, "404"},
			{"what a key repeats", aBuyer, "POST", at + "/messages", saying("simsalabim"), []string{"Idempotency-Key", "said"}, "404"},
			{"history by a user", anOwner, "GET", at + "/history", nil, since, "404"},
		})
		p.onlyThePurgeIsLeft(t, at, since)
		p.as(anOwner).get(kept, since...).want(http.StatusOK)
		p.settled()
		p.terminate()
		before := rowsOf(t, stores)
		p.start()
		for name, rows := range before {
			if strings.Contains(rows, "simsalabim") || strings.Contains(rows, "abracadabra") {
				t.Errorf("%s still has the texts", name)
			}
		}
		p.onlyThePurgeIsLeft(t, at, since)
	})
}

// onlyThePurgeIsLeft checks what history and feed show of a purged conversation.
func (p *program) onlyThePurgeIsLeft(t *testing.T, at string, since []string) {
	t.Helper()
	history := p.as(anAdmin).get(at+"/history", since...).want(http.StatusOK)
	history.shows("the history", "items", "type", "conversation.purged.v1")
	history.shows("by whom", "items", "actor.id", "admin")
	feed, _ := p.as(anAdmin).readAll(url.Values{"conversation": {idAt(at)}})
	if len(feed) != 1 || feed[0].Type != "conversation.purged.v1" {
		t.Errorf("the feed has of it %+v", feed)
	}
	if all := p.as(anAdmin).told(url.Values{}); strings.Contains(all, "simsalabim") || strings.Contains(all, "abracadabra") {
		t.Error("the feed still has the texts")
	}
}
