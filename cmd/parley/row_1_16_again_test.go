package main_test

import (
	"net/http"
	"testing"
)

func TestRow_1_16_a_source_deleted_elsewhere_loses_its_link_and_nothing_else(t *testing.T) {
	onBothStacks(t, func(t *testing.T, stores []string) {
		p := serve(t, stores)
		linked := obj{"label": "1001", "url": "https://shop.example/1001", "customer_user": "buyer", "customer": "northwind"}
		p.as(anAdmin).send(http.MethodPut, "/v1/records/order/1001", linked).want(http.StatusNoContent)
		at := p.beginAs(anOwner, obj{"source": aRecord("order", "1001"), "contexts": arr{aRecord("quote", "3002")}, "message": saying("x")})
		was := p.as(anOwner).get(at)
		if was.field("source.url") == nil {
			t.Fatalf("the source has no link: %s", was.body)
		}
		p.as(anAdmin).send(http.MethodDelete, "/v1/records/order/1001", nil).want(http.StatusNoContent)
		p.as(anAdmin).send(http.MethodDelete, "/v1/records/quote/3002", nil).want(http.StatusNoContent)
		r := p.as(anOwner).send(http.MethodPatch, at, obj{"name": "still here", "source": aRecord("order", "1001")}).want(http.StatusOK)
		agree(t, p.as(anOwner), r)
		if r.field("source.label") != was.field("source.label") || r.field("source.url") != nil || r.field("source.id") != "1001" {
			t.Errorf("the source is %v, was %v", r.field("source"), was.field("source"))
		}
		r.shows("contexts keep their labels", "contexts", "label", was.each("contexts", "label")...)
		since := []string{"Parley-Min-Position", r.position()}
		p.ask(t, []probe{
			{"messages", aBuyer, "POST", at + "/messages", saying("y"), nil, "201"},
			{"close", anOwner, "POST", at + "/close", nil, nil, "200"},
			{"reopen", anOwner, "POST", at + "/reopen", nil, nil, "200"},
			{"a context that is gone is detached", anOwner, "DELETE", at + "/contexts/quote/3002", nil, nil, "204"},
			{"but not attached again", anOwner, "PUT", at + "/contexts/quote/3002", nil, nil, "404"},
			{"nothing starts from it", anOwner, "POST", "/v1/conversations", obj{"customer_user": "buyer", "name": "x", "source": aRecord("order", "1001")}, nil, "422 /source"},
			{"it is no longer shown", anOwner, "GET", "/v1/records/order/1001", nil, since, "404"},
			{"its activities are", anOwner, "GET", "/v1/records/order/1001/activities", nil, since, "200"},
		})
		p.as(anOwner).get("/v1/conversations?source_type=order&name=still", since...).shows("it is found by its type", "items", "id", idAt(at))
		mirrored := p.as(anAdmin).send(http.MethodPut, "/v1/records/order/1001", obj{"label": "1001 again", "url": "https://shop.example/again"}).want(http.StatusNoContent)
		back := p.as(anOwner).get(at, "Parley-Min-Position", mirrored.position())
		if back.field("source.label") != "1001 again" || back.field("source.url") != "https://shop.example/again" {
			t.Errorf("mirrored again the source is %v", back.field("source"))
		}
	})
}

func TestRow_1_16_a_person_deleted_elsewhere_keeps_name_and_messages(t *testing.T) {
	onBothStacks(t, func(t *testing.T, stores []string) {
		p := serve(t, stores)
		at := p.beginAs(aColleague, obj{"name": "people", "customer_user": "buyer", "message": saying("from one who goes")})
		p.as(aManager).send(http.MethodPut, at+"/participants/user/manager", nil).want(http.StatusNoContent)
		was := p.as(anAdmin).get(at)
		gone := p.as(anAdmin).send(http.MethodDelete, "/v1/people/user/user2", nil).want(http.StatusNoContent)
		since := []string{"Parley-Min-Position", gone.position()}
		now := p.as(anAdmin).get(at, since...).want(http.StatusOK)
		for _, path := range []string{"owner", "last_message.from", "last_message.author", "participants.0.person"} {
			if name := now.field(path + ".name"); name == "user2" || name != was.field(path+".name") {
				t.Errorf("%s is called %v, was %v", path, name, was.field(path+".name"))
			}
		}
		p.ask(t, []probe{
			{"who is gone does not sign in", aColleague, "GET", "/v1/me", nil, since, "401"},
			{"others do", aManager, "GET", "/v1/me", nil, since, "200"},
			{"who is gone is no new owner", anAdmin, "PATCH", p.begin("other"), obj{"owner": "user2"}, nil, "422 /owner"},
			{"but stays the one it has", anAdmin, "PATCH", at, obj{"owner": "user2", "name": "people"}, nil, "200"},
			{"who is gone is not added", anAdmin, "PUT", at + "/participants/user/user2", nil, nil, "404"},
			{"messages go on", aBuyer, "POST", at + "/messages", saying("an answer"), nil, "201"},
		})
		agree(t, p.as(anAdmin), p.as(anAdmin).send(http.MethodPatch, at, obj{"name": "renamed"}).want(http.StatusOK))
		p.as(anAdmin).get(at+"/messages").shows("messages stay under the name", "items", "from.name", was.field("owner.name").(string), "Bert Buyer")
		said := p.as(aBuyer).post(at+"/messages", saying("another")).want(http.StatusCreated)
		if unread := p.as(aManager).get("/v1/me/unread", "Parley-Min-Position", said.position()); unread.field("count") != 1.0 {
			t.Errorf("the indicator of others is %s", unread.body)
		}
		p.comesBack(t, at)
	})
}

// comesBack mirrors the removed colleague again, under another name.
func (p *program) comesBack(t *testing.T, at string) {
	t.Helper()
	mirrored := p.as(anAdmin).send(http.MethodPut, "/v1/people/user/user2", obj{"name": "Back Again", "roles": arr{"user"}}).want(http.StatusNoContent)
	since := []string{"Parley-Min-Position", mirrored.position()}
	p.ask(t, []probe{{"who is back signs in", aColleague, "GET", "/v1/me", nil, since, "200"}})
	back := p.as(aColleague).get(at, since...).want(http.StatusOK)
	if back.field("owner.name") != "Back Again" || back.field("unread") != 2.0 {
		t.Errorf("who is back is called %v and has %v unread", back.field("owner.name"), back.field("unread"))
	}
	read := p.as(aColleague).post(at+"/read", obj{"up_to": 3}).want(http.StatusNoContent)
	if unread := p.as(aColleague).get("/v1/me/unread", "Parley-Min-Position", read.position()); unread.field("count") != 0.0 {
		t.Errorf("having read, who is back has %s", unread.body)
	}
}
