package main_test

import (
	"net/http"
	"strings"
	"testing"
)

func TestRow_3_3_customer_users_only_write_and_read(t *testing.T) {
	onBothStacks(t, func(t *testing.T, stores []string) {
		p := serve(t, stores)
		at := p.beginAs(aBuyer, obj{"source": aRecord("order", "1001"), "message": saying("x")})
		id := strings.TrimPrefix(at, "/v1/conversations/")
		for _, who := range []string{aBuyer, aChief} {
			no := func(says, method, path string, body any) probe {
				return probe{says, who, method, path, body, nil, "403"}
			}
			p.ask(t, []probe{
				no("rename", "PATCH", at, obj{"name": "y"}), no("another owner", "PATCH", at, obj{"owner": "admin"}),
				no("another customer user", "PATCH", at, obj{"customer_user": "customer-admin"}), no("no source", "PATCH", at, obj{"source": nil}),
				no("delete", "DELETE", at, nil),
				no("participants", "PUT", at+"/participants/customer_user/buyer", nil), no("remove them", "DELETE", at+"/participants/user/user", nil),
				no("leave", "DELETE", at+"/participants/customer_user/buyer", nil), no("contexts", "PUT", at+"/contexts/quote/3001", nil),
				no("remove them", "DELETE", at+"/contexts/order/1001", nil), no("close", "POST", at+"/close", nil), no("reopen", "POST", at+"/reopen", nil),
				no("history", "GET", at+"/history", nil), no("the feed", "GET", "/v1/events?wait=0", nil),
				no("a note", "POST", at+"/messages", noting("x")), no("another sender", "POST", at+"/messages", obj{"body": "x", "from": aPerson("user", "user")}),
				no("mirror", "PUT", "/v1/records/order/1001", obj{"label": "x"}), no("import", "POST", "/v1/import", nil),
			})
			p.as(who).get(at).shows(who+" may", "actions", "", "add_message")
		}
		mass := p.as(aBuyer).post("/v1/conversations/delete", obj{"ids": arr{id}}).want(http.StatusOK)
		mass.shows("a mass delete", "results", "status", "403")
		closed := p.as(anOwner).post(at+"/close", nil).want(http.StatusOK)
		name, position := closed.since()
		p.as(aBuyer).get(at, name, position).shows("closed it takes nothing", "actions", "")
		p.ask(t, []probe{{"nor does the server", aBuyer, "POST", at + "/messages", saying("x"), nil, "409 conversation_closed"}})
		p.isGoneFor(t, at, position, aForeigner)
	})
}
