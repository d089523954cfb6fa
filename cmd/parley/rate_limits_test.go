package main_test

import (
	"net/http"
	"strconv"
	"strings"
	"testing"
)

// TestRateLimits_hold_back_commands_by_person is what settings and --rate-limits
// say of too many commands: who sends them is told when to go on, and nobody
// else is held back.
func TestRateLimits_hold_back_commands_by_person(t *testing.T) {
	onBothStacks(t, func(t *testing.T, stores []string) {
		p := serve(t, stores, "--rate-limits", "on")
		at := p.begin("limited")
		owner, first := p.as(anOwner), p.as(anOwner).post(at+"/messages", saying("first"), "Idempotency-Key", "k").want(http.StatusCreated)
		p.set(obj{"limits": obj{"commands_per_second": 1, "burst": 3}})
		said, refused := owner.untilHeld(at)
		if refused.outcome() != "429" || refused.field("code") != "rate_limited" {
			t.Errorf("refused with %s", refused.body)
		}
		if wait, err := strconv.Atoi(refused.header.Get("Retry-After")); err != nil || wait != 1 {
			t.Errorf("Retry-After is %q", refused.header.Get("Retry-After"))
		}
		again := owner.post(at+"/messages", saying("first"), "Idempotency-Key", "k").want(http.StatusCreated)
		if again.field("id") != first.field("id") {
			t.Errorf("repeated, the first message is %s", again.body)
		}
		p.ask(t, []probe{
			{"another", aBuyer, "POST", at + "/messages", saying("theirs"), nil, "201"},
			{"what is not there", anOwner, "POST", unknownConv + "/messages", saying("x"), nil, "404"},
			{"what is invalid", anOwner, "POST", at + "/messages", saying(" "), nil, "422 /body"},
		})
		for range 20 {
			owner.get("/v1/me").want(http.StatusOK)
		}
		var told reply
		eventually(t, streamLimit, "the key of what was held back is free again", func() bool {
			told = owner.post(at+"/messages", saying("last"), "Idempotency-Key", "held")
			return told.status == http.StatusCreated
		})
		if want := float64(said + 3); told.field("number") != want {
			t.Errorf("the last message has number %v, want %v", told.field("number"), want)
		}
		p.importIsExempt(t)
	})
}

// untilHeld sends messages until one is held back, and returns how many were
// taken.
func (c caller) untilHeld(at string) (said int, refused reply) {
	c.p.t.Helper()
	for ; said < 1000; said++ {
		if refused = c.post(at+"/messages", saying("more")); refused.status != http.StatusCreated {
			return said, refused
		}
	}
	c.p.t.Fatal("nothing is held back")
	return said, refused
}

// Each id of a mass command counts as one command, whatever it comes to: what is
// too much is not done, and repeated later it is.
func TestRateLimits_count_each_part_of_a_mass_command(t *testing.T) {
	onBothStacks(t, func(t *testing.T, stores []string) {
		p := serve(t, stores, "--rate-limits", "on")
		ids := arr{idAt(p.begin("the first"))}
		for range 90 { // for which there are tokens only after a minute and a half
			ids = append(ids, idAt(unknownConv))
		}
		ids = append(ids, idAt(p.begin("the last")))
		closing := func() reply {
			return p.as(aColleague).post("/v1/conversations/close", obj{"ids": ids}, "Idempotency-Key", "close").want(http.StatusOK)
		}
		p.set(obj{"limits": obj{"commands_per_second": 1, "burst": 4}})
		held := closing()
		statuses := held.each("results", "status")
		if statuses[0] != "200" || statuses[90] != "404" || statuses[91] != "429" || held.field("results.91.problem.code") != "rate_limited" {
			t.Errorf("with four commands at once it came to %v", statuses)
		}
		p.set(obj{"limits": obj{"commands_per_second": 1000, "burst": 100}})
		eventually(t, streamLimit, "both are closed", func() bool {
			statuses := closing().each("results", "status")
			return statuses[0] == "200" && statuses[91] == "200"
		})
	})
}

func (p *program) importIsExempt(t *testing.T) {
	t.Helper()
	var lines string
	for i := range 20 {
		lines += `{"kind":"customer","organization":"acme","id":"c` + strconv.Itoa(i) + `","name":"C"}` + "\n"
	}
	for range 2 {
		p.as(anAdmin).post("/v1/import", lines, "Content-Type", "application/x-ndjson").want(http.StatusOK)
	}
	last := p.as(anAdmin).post("/v1/import", lines, "Content-Type", "application/x-ndjson").want(http.StatusOK)
	if n := strings.Count(string(last.body), `"status":"unchanged"`); n != 20 {
		t.Errorf("%d lines are unchanged: %s", n, last.body)
	}
}

func TestRateLimits_are_off_in_the_demo(t *testing.T) {
	onBothStacks(t, func(t *testing.T, stores []string) {
		p := serve(t, stores)
		p.set(obj{"limits": obj{"commands_per_second": 1, "burst": 1}})
		at := p.begin("not limited")
		for range 20 {
			p.as(anOwner).post(at+"/messages", saying("x")).want(http.StatusCreated)
		}
	})
}
