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

// What another company has to do with a conversation is not shown, but for the
// label of the record that it began with.
func TestRow_3_3_what_belongs_to_other_customers_leaves_no_trace(t *testing.T) {
	onBothStacks(t, func(t *testing.T, stores []string) {
		p := serve(t, stores)
		at := p.beginAs(anOwner, obj{
			"customer_user": "buyer", "source": aRecord("order", "1002"), "message": saying("x"),
			"contexts": arr{aRecord("customer_user", "other-buyer"), aRecord("user", "manager"), aRecord("quote", "3001"), aRecord("quote", "3002")},
		})
		label := p.as(anAdmin).send(http.MethodPut, "/v1/records/order/1002", obj{
			"label": "O-2", "url": "https://shop.example/2", "customer_user": "other-buyer", "customer": "contoso",
		}).want(http.StatusNoContent)
		name, position := label.since()
		for who, contexts := range map[string][]string{aBuyer: {"user", "buyer", "3001"}, aChief: {"user", "buyer", "3001", "3002"}} {
			seen := p.as(who).get(at, name, position).want(http.StatusOK)
			seen.tells(t, map[string]any{"source.label": "O-2", "source.url": nil})
			seen.shows("contexts in view of "+who, "contexts", "id", contexts...)
			seen.shows("participants", "participants", "person.id", map[string][]string{aBuyer: {"buyer"}}[who]...)
			p.as(who).get("/v1/conversations", name, position).shows("in lists, too", "items", "source.url", "null")
			p.ask(t, []probe{
				{"the record is not there", who, "GET", "/v1/records/order/1002", nil, nil, "404"},
				{"nor are its activities", who, "GET", "/v1/records/order/1002/activities", nil, nil, "404"},
				{"nor its people's", who, "GET", "/v1/records/customer_user/other-buyer/activities", nil, nil, "404"},
				{"nor may one ask about it", who, "POST", "/v1/conversations", obj{"source": aRecord("order", "1002"), "message": saying("x")}, nil, "422 /source"},
			})
			p.as(who).get("/v1/people?q=other").shows("people", "items", "id")
		}
		p.as(anOwner).get(at, name, position).tells(t, map[string]any{"source.url": "https://shop.example/2"})
	})
}
