package main_test

import (
	"net/http"
	"net/url"
	"testing"
)

func TestRow_1_2_a_record_of_any_registered_type_fills_a_start_in(t *testing.T) {
	onBothStacks(t, func(t *testing.T, stores []string) {
		p := serve(t, stores)
		p.ask(t, []probe{
			{"a type before it is registered", anAdmin, "PUT", "/v1/records/return/r%2F1", obj{"label": "Return one"}, nil, "404"},
			{"an administrator registers a type", anAdmin, "PUT", "/v1/record-types/return", obj{"label": "Return"}, nil, "204"},
			{"one of it", anAdmin, "PUT", "/v1/records/return/r%2F1", obj{"label": "one", "customer_user": "other-buyer", "customer": "contoso"}, nil, "204"},
			{"one of nobody", anAdmin, "PUT", "/v1/records/return/nobody's", obj{"label": "nobody's"}, nil, "204"},
		})
		for _, from := range []struct {
			source             obj
			more               obj
			name, by, customer string
		}{
			{aRecord("order", "1001"), obj{}, "Order 1001", "buyer", "northwind"},
			{aRecord("rfq", "2002"), obj{}, "Request for Quote 2002", "customer-admin", "northwind"},
			{aRecord("quote", "3001"), obj{}, "Quote 3001", "buyer", "northwind"},
			{aRecord("return", "r/1"), obj{}, "Return one", "other-buyer", "contoso"},
			{aRecord("customer_user", "buyer"), obj{}, "Customer User Bert Buyer", "buyer", "northwind"},
			{aRecord("user", "user2"), obj{"customer_user": "buyer"}, "User Ugo User", "buyer", "northwind"},
			{aRecord("return", "nobody's"), obj{"customer_user": "buyer"}, "Return nobody's", "buyer", "northwind"},
			{aRecord("order", "1002"), obj{"name": "mine", "customer_user": "buyer", "customer": "northwind"}, "mine", "buyer", "northwind"},
		} {
			from.more["source"] = from.source
			started := p.as(aManager).post("/v1/conversations", from.more).want(http.StatusCreated)
			started.tells(t, map[string]any{
				"name": from.name, "source.type": from.source["type"], "source.id": from.source["id"],
				"customer_user.id": from.by, "customer.id": from.customer, "owner.id": "manager",
			})
			name, position := started.since()
			activities := "/v1/records/" + from.source["type"].(string) + "/" + url.PathEscape(from.source["id"].(string)) + "/activities"
			p.as(aManager).get(activities, name, position).tells(t, map[string]any{"items.0.id": started.field("id")})
		}
		p.ask(t, []probe{
			{"whose customer user it is must be known", aManager, "POST", "/v1/conversations", obj{"source": aRecord("return", "nobody's")}, nil, "422 /customer_user"},
			{"a user has no customer user", aManager, "POST", "/v1/conversations", obj{"source": aRecord("user", "user2")}, nil, "422 /customer_user"},
			{"no such record", aManager, "POST", "/v1/conversations", obj{"source": aRecord("return", "2"), "customer_user": "buyer"}, nil, "422 /source"},
			{"another's customer", aManager, "POST", "/v1/conversations", obj{"source": aRecord("order", "1001"), "customer": "contoso"}, nil, "422 /customer"},
		})
	})
}
