package main_test

import (
	"net/http"
	"testing"
)

func TestRow_2_2_my_conversations_are_those_I_take_part_in_or_started(t *testing.T) {
	onBothStacks(t, func(t *testing.T, stores []string) {
		p := serve(t, stores)
		p.begin("owned")
		given := p.begin("given away")
		taken := p.begin("taken away")
		closed := p.begin("closed")
		started := p.beginAs(anAdmin, obj{"name": "started for another", "owner": "user2", "customer_user": "buyer"})
		joined := p.beginAs(aManager, obj{"name": "joined", "customer_user": "buyer"})
		p.beginAs(aColleague, obj{"name": "not mine", "customer_user": "other-buyer"})
		p.as(aManager).send(http.MethodPut, joined+"/participants/user/user", nil).want(http.StatusNoContent)
		p.as(anAdmin).send(http.MethodPatch, given, obj{"owner": "user2"}).want(http.StatusOK)
		p.as(anAdmin).send(http.MethodPatch, taken, obj{"owner": "user2"}).want(http.StatusOK)
		p.as(anAdmin).send(http.MethodDelete, taken+"/participants/user/user", nil).want(http.StatusNoContent)
		p.as(anAdmin).send(http.MethodDelete, started+"/participants/user/user2", nil).want(http.StatusNoContent)
		last := p.as(anOwner).post(closed+"/close", nil).want(http.StatusOK)

		mine := func(who, query string, want ...string) {
			t.Helper()
			p.as(who).get("/v1/me/conversations?sort=name"+query, "Parley-Min-Position", last.position()).want(http.StatusOK).
				shows(who+query, "items", "name", want...)
		}
		// Who started it keeps it, after another owner and after leaving.
		mine(anOwner, "", "given away", "joined", "owned", "taken away")
		mine(anOwner, "&status=any", "closed", "given away", "joined", "owned", "taken away")
		mine(anOwner, "&status=closed", "closed")
		mine(anOwner, "&mine=any", "given away", "joined", "not mine", "owned", "started for another", "taken away")
		mine(anOwner, "&mine=any&status=any", "closed", "given away", "joined", "not mine", "owned", "started for another", "taken away")
		mine(anOwner, "&mine=false", "not mine", "started for another")
		// The new owner has it; who was only named once and left has not.
		mine(aColleague, "", "given away", "not mine", "taken away")
		mine(anAdmin, "", "started for another")
		// Cleared filters show what the caller may view, and no more.
		mine(aBuyer, "", "given away", "joined", "owned", "started for another", "taken away")
		mine(aForeigner, "&mine=any&status=any", "not mine")
	})
}
