package main_test

import (
	"net/http"
	"testing"
)

// The record button asks a question until there is one: it needs to know whether
// there is, and then the list.
func TestRow_3_4_a_record_counts_only_the_conversations_that_i_may_view(t *testing.T) {
	onBothStacks(t, func(t *testing.T, stores []string) {
		p := serve(t, stores)
		var latest string
		counts := func(says string, want map[string][]string) {
			t.Helper()
			for who, names := range want {
				p.as(who).get("/v1/records/order/1001/activities", "Parley-Min-Position", latest).want(http.StatusOK).
					shows(says+", for "+who, "items", "name", names...)
			}
		}
		latest = "0"
		counts("before any", map[string][]string{aBuyer: {}, aChief: {}, anOwner: {}})
		hidden := p.as(anAdmin).post("/v1/conversations", obj{"name": "another company's", "customer_user": "other-buyer", "contexts": arr{aRecord("order", "1001")}}).want(http.StatusCreated)
		latest = hidden.position()
		counts("another company's does not count", map[string][]string{aBuyer: {}, aChief: {}, anOwner: {"another company's"}})
		p.as(aForeigner).get("/v1/records/order/1001/activities", "Parley-Min-Position", latest).want(http.StatusNotFound)
		chiefs := p.as(aChief).post("/v1/conversations", obj{"name": "the chief's", "source": aRecord("order", "1001"), "message": saying("x")}).want(http.StatusCreated)
		latest = chiefs.position()
		counts("nor does a colleague's, but for the chief", map[string][]string{aBuyer: {}, aChief: {"the chief's"}})
		mine := p.as(aBuyer).post("/v1/conversations", obj{"source": aRecord("order", "1001"), "message": saying("x")}).want(http.StatusCreated)
		p.as(anOwner).post("/v1/conversations/"+mine.field("id").(string)+"/close", nil).want(http.StatusOK)
		again := p.as(aBuyer).post("/v1/conversations", obj{"name": "a new question", "source": aRecord("order", "1001"), "message": saying("x")}).want(http.StatusCreated)
		latest = again.position()
		counts("closed ones count", map[string][]string{aBuyer: {"a new question", "Order 1001"}, aChief: {"a new question", "Order 1001", "the chief's"}})
		gone := p.as(anAdmin).send(http.MethodDelete, "/v1/conversations/"+again.field("id").(string), nil).want(http.StatusNoContent)
		latest = gone.position()
		counts("deleted ones do not", map[string][]string{aBuyer: {"Order 1001"}})
	})
}
