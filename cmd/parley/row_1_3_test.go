package main_test

import (
	"net/http"
	"testing"
)

func TestRow_1_3_contexts_come_by_themselves_and_those_removed_stay_away(t *testing.T) {
	onBothStacks(t, func(t *testing.T, stores []string) {
		p := serve(t, stores)
		r := p.as(anAdmin).post("/v1/conversations", obj{
			"source": aRecord("rfq", "2001"), "owner": "user", "contexts": arr{
				aRecord("order", "1001"), aRecord("rfq", "2001"), aRecord("order", "1001"), aRecord("customer_user", "buyer"), aRecord("user", "user2"),
			},
		}).want(http.StatusCreated)
		r.shows("owner, customer user and source come first, each once", "contexts", "id", "user", "buyer", "2001", "1001", "user2")
		at := "/v1/conversations/" + r.field("id").(string)
		p.ask(t, []probe{
			{"a message shown as another's", aManager, "POST", at + "/messages", obj{"body": "x", "from": aPerson("customer_user", "customer-admin")}, nil, "201"},
			{"one context is removed", anOwner, "DELETE", at + "/contexts/customer_user/customer-admin", nil, nil, "204"},
			{"another", anOwner, "DELETE", at + "/contexts/user/user2", nil, nil, "204"},
			{"the sender writes again", aChief, "POST", at + "/messages", saying("x"), nil, "201"},
			{"leaves", aChief, "DELETE", at + "/participants/customer_user/customer-admin", nil, nil, "403"},
			{"is removed", anOwner, "DELETE", at + "/participants/customer_user/customer-admin", nil, nil, "204"},
			{"and joins again by writing", aChief, "POST", at + "/messages", saying("x"), nil, "201"},
			{"who was removed becomes the owner", anAdmin, "PATCH", at, obj{"owner": "user2"}, nil, "200"},
		})
		r = p.as(anAdmin).send(http.MethodPatch, at, obj{})
		r.shows("the author is one, those removed are not", "contexts", "id", "user", "buyer", "2001", "1001", "manager")
		back := p.as(anAdmin).send(http.MethodPut, at+"/contexts/user/user2", nil).want(http.StatusNoContent)
		name, position := back.since()
		p.as(anAdmin).get(at, name, position).shows("somebody brings it back", "contexts", "id", "user", "buyer", "2001", "1001", "manager", "user2")
	})
}
