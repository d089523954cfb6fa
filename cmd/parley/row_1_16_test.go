package main_test

import (
	"net/http"
	"testing"
)

func TestRow_1_16_a_record_deleted_elsewhere_keeps_its_label_and_loses_its_link(t *testing.T) {
	onBothStacks(t, func(t *testing.T, stores []string) {
		p := serve(t, stores)
		order := obj{"label": "PO-1", "url": "https://shop.example/1", "customer_user": "buyer", "customer": "northwind", "owner": "user"}
		p.as(anAdmin).send(http.MethodPut, "/v1/records/order/1001", order).want(http.StatusNoContent)
		at := p.beginAs(anOwner, obj{"source": aRecord("order", "1001"), "message": saying("x")})
		name, position := p.as(anAdmin).send(http.MethodDelete, "/v1/records/order/1001", nil).want(http.StatusNoContent).since()
		gone := map[string]any{"source.label": "PO-1", "source.url": nil, "source.id": "1001", "contexts.2.label": "PO-1", "contexts.2.url": nil, "name": "Order PO-1"}
		for _, who := range []string{anAdmin, anOwner, aBuyer} {
			p.as(who).get(at, name, position).tells(t, gone)
			p.as(who).get("/v1/conversations?source_type=order", name, position).tells(t, under("items.0.", gone))
		}
		p.ask(t, []probe{
			{"the record is not there", anAdmin, "GET", "/v1/records/order/1001", nil, []string{name, position}, "404"},
			{"starts nothing", anAdmin, "POST", "/v1/conversations", obj{"customer_user": "buyer", "source": aRecord("order", "1001")}, nil, "422 /source"},
			{"is not attached", anOwner, "PUT", at + "/contexts/order/1001", nil, nil, "404"},
			{"the customer user goes on", aBuyer, "POST", at + "/messages", saying("still here"), nil, "201"},
			{"it is renamed", anOwner, "PATCH", at, obj{"name": "renamed", "source": aRecord("order", "1001")}, nil, "200"},
			{"closed", anOwner, "POST", at + "/close", nil, nil, "200"},
			{"and reopened", anOwner, "POST", at + "/reopen", nil, nil, "200"},
			{"the context goes", anOwner, "DELETE", at + "/contexts/order/1001", nil, nil, "204"},
			{"and the source, cleared by hand", anOwner, "PATCH", at, obj{"source": nil}, nil, "200"},
			{"which does not come back", anOwner, "PATCH", at, obj{"source": aRecord("order", "1001")}, nil, "422 /source"},
			{"until the record does", anAdmin, "PUT", "/v1/records/order/1001", order, nil, "204"},
		})
		p.as(anOwner).send(http.MethodPatch, at, obj{"source": aRecord("order", "1001")}).want(http.StatusOK).
			tells(t, map[string]any{"source.label": "PO-1", "source.url": "https://shop.example/1"})
	})
}

func TestRow_1_16_a_person_deleted_elsewhere_keeps_the_name_that_they_had(t *testing.T) {
	onBothStacks(t, func(t *testing.T, stores []string) {
		p := serve(t, stores)
		pia := obj{"name": "Pia", "business_unit": "sales", "roles": arr{"user"}}
		p.as(anAdmin).send(http.MethodPut, "/v1/people/user/pia", pia).want(http.StatusNoContent)
		at := p.beginAs("user:pia", obj{"name": "x", "customer_user": "buyer", "message": saying("mine")})
		p.as(aBuyer).post(at+"/messages", saying("thanks")).want(http.StatusCreated)
		p.as("user:pia").post(at+"/messages", saying("bye")).want(http.StatusCreated)
		name, position := p.as(anAdmin).send(http.MethodDelete, "/v1/people/user/pia", nil).want(http.StatusNoContent).since()
		for _, who := range []string{anAdmin, aBuyer} {
			p.as(who).get(at, name, position).tells(t, map[string]any{"owner.name": "Pia", "last_message.from.name": "Pia", "message_count": 3.0})
			p.as(who).get(at+"/messages", name, position).shows("the messages", "items", "from.name", "Pia", "Bert Buyer", "Pia")
		}
		p.as(anAdmin).get(at, name, position).tells(t, map[string]any{"contexts.0.label": "Pia", "participants.0.person.name": "Pia"})
		p.as(aBuyer).get("/v1/me/unread", name, position).tells(t, map[string]any{"count": 1.0, "items.0.from.name": "Pia", "items.0.snippet": "bye"})
		p.as(anAdmin).get("/v1/conversations?owner=pia&sort=owner", name, position).shows("lists by them", "items", "owner.name", "Pia")
		p.ask(t, []probe{
			{"who is gone does not sign in", "user:pia", "GET", "/v1/me", nil, nil, "401"},
			{"the others do", aBuyer, "GET", "/v1/me", nil, nil, "200"},
			{"and read", aBuyer, "POST", at + "/read", obj{"up_to": 3}, nil, "204"},
			{"and write", aBuyer, "POST", at + "/messages", saying("x"), nil, "201"},
			{"nobody speaks for them", anAdmin, "POST", at + "/messages", obj{"body": "x", "from": aPerson("user", "pia")}, nil, "422 /from"},
			{"nor is anything given to them", anAdmin, "POST", "/v1/conversations", obj{"name": "y", "customer_user": "buyer", "owner": "pia"}, nil, "422 /owner"},
			{"what they own is renamed", anAdmin, "PATCH", at, obj{"name": "y", "owner": "pia"}, nil, "200"},
			{"and given away", anAdmin, "PATCH", at, obj{"owner": "user"}, nil, "200"},
			{"they come back", anAdmin, "PUT", "/v1/people/user/pia", pia, nil, "204"},
		})
		back := p.as("user:pia").post(at+"/read", obj{"up_to": 3}).want(http.StatusNoContent)
		p.as("user:pia").get(at, "Parley-Min-Position", back.position()).tells(t, map[string]any{"unread": 1.0, "mine": true})
	})
}

func TestRow_1_16_a_customer_user_deleted_elsewhere_harms_nobody(t *testing.T) {
	onBothStacks(t, func(t *testing.T, stores []string) {
		p := serve(t, stores)
		at := p.beginAs(aBuyer, obj{"name": "x", "message": saying("mine")})
		for _, path := range []string{"/v1/people/customer_user/buyer", "/v1/customers/northwind", "/v1/record-types/order", "/v1/business-units/sales"} {
			p.as(anAdmin).send(http.MethodDelete, path, nil).want(http.StatusNoContent)
		}
		name, position := p.as(anOwner).post(at+"/messages", saying("are you there?")).want(http.StatusCreated).since()
		p.as(anOwner).get(at, name, position).tells(t, map[string]any{"customer_user.name": "Bert Buyer", "customer.name": "Northwind", "message_count": 2.0})
		p.as(anOwner).get("/v1/conversations?customer=northwind&sort=customer", name, position).shows("lists by them", "items", "customer_user.name", "Bert Buyer")
		p.ask(t, []probe{
			{"who is gone does not sign in", aBuyer, "GET", "/v1/me", nil, nil, "401"},
			{"their chief does", aChief, "GET", at, nil, nil, "200"},
			{"and answers", aChief, "POST", at + "/messages", saying("gone"), nil, "201"},
			{"it is handed on", anAdmin, "PATCH", at, obj{"customer_user": "customer-admin"}, nil, "200"},
		})
	})
}
