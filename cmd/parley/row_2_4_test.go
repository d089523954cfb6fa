package main_test

import (
	"fmt"
	"net/http"
	"net/url"
	"testing"
)

func TestRow_2_4_a_conversation_shows_its_header(t *testing.T) {
	onBothStacks(t, func(t *testing.T, stores []string) {
		p := serve(t, stores)
		at := p.beginAs(anOwner, obj{"source": aRecord("order", "1001"), "contexts": arr{aRecord("quote", "3001")}, "message": saying("hello")})
		c := p.as(anOwner).get(at).want(http.StatusOK)
		for path, want := range map[string]any{
			"name": "Order 1001", "status": "active", "source.label": "1001", "owner.name": "Uma User", "customer_user.name": "Bert Buyer",
			"customer.name": "Northwind", "message_count": 1.0, "created_at": c.field("last_message.at"),
		} {
			if got := c.field(path); got != want {
				t.Errorf("%s is %v, want %v", path, got, want)
			}
		}
		c.shows("contexts", "contexts", "type", "user", "customer_user", "order", "quote")
		said := p.as(anOwner).post(at+"/messages", saying("more")).want(http.StatusCreated)
		after := p.as(anOwner).get(at, "Parley-Min-Position", said.position()).want(http.StatusOK)
		if after.field("created_at") != c.field("created_at") || after.field("updated_at") != said.field("at") {
			t.Errorf("created %v and updated %v, want %v and %v", after.field("created_at"), after.field("updated_at"), c.field("created_at"), said.field("at"))
		}
		for who, want := range map[string]string{
			anOwner: "add_message edit close add_context remove_context", aBuyer: "add_message",
			anAdmin: "add_message edit assign delete close add_context remove_context",
		} {
			if got := fmt.Sprint(p.as(who).get(at).field("actions")); got != "["+want+"]" {
				t.Errorf("%s may %s, want %s", who, got, want)
			}
		}
	})
}

// table are messages of the past whose times and numbers disagree.
func (p *program) table() (at, since string) {
	p.t.Helper()
	since = p.past(obj{
		"name": "talk", "owner": "user", "customer_user": "buyer", "started_at": "2026-01-01T09:00:00Z",
		"messages": arr{
			said("buyer", "02T10:00", "Where are the **pallets**?"), said("user", "03T10:00", "On the way"), said("user", "04T10:00", "The pallets arrive on Monday"),
			said("buyer", "05T10:00", "Thank you"), said("user", "06T10:00", "You are welcome"), said("buyer", "07T10:00", "One pallet was broken"),
		},
	})
	found := p.as(anOwner).get("/v1/conversations?name=talk", "Parley-Min-Position", since).want(http.StatusOK)
	return "/v1/conversations/" + found.field("items.0.id").(string), since
}

func TestRow_2_4_messages_are_a_table(t *testing.T) {
	onBothStacks(t, func(t *testing.T, stores []string) {
		p := serve(t, stores)
		at, _ := p.table()
		noted := p.as(anOwner).post(at+"/messages", noting("pallets are insured")).want(http.StatusCreated)
		for _, c := range []struct {
			who, query   string
			older, newer bool
			want         []string
		}{
			{anOwner, "limit=50&sort=-number", false, false, []string{"7", "6", "5", "4", "3", "2", "1"}},
			{anOwner, "limit=3&sort=-number", true, false, []string{"7", "6", "5"}},
			{anOwner, "limit=3&sort=-number&before=5", true, true, []string{"4", "3", "2"}},
			{anOwner, "limit=50&sort=created", false, false, []string{"1", "2", "3", "4", "5", "6", "7"}},
			{anOwner, "limit=2&sort=-created&before=4", true, true, []string{"3", "2"}},
			{anOwner, "q=pallets", false, false, []string{"1", "3", "7"}},
			{anOwner, "q=PALLET&limit=2&sort=-number", true, false, []string{"7", "6"}},
			{anOwner, "q=pallet&limit=2&sort=-number&before=6", false, true, []string{"3", "1"}},
			{anOwner, "q=pallet&after=1&limit=1", true, true, []string{"3"}},
			{anOwner, "q=monday+pallets", false, false, []string{"3"}},
			{anOwner, "q=" + url.QueryEscape(`"pallets" OR 1`), false, false, nil},
			{anOwner, "created_after=2026-01-03T10:00:00Z&created_before=2026-01-06T10:00:00Z", false, false, []string{"3", "4"}},
			{anOwner, "created_before=2026-01-03T10:00:00.000001Z&sort=-created", false, false, []string{"2", "1"}},
			{anOwner, "created_after=2026-01-03T00:00:00Z&q=pallets&limit=1", true, false, []string{"7"}},
			{aBuyer, "q=pallets", false, false, []string{"1", "3"}},
			{aBuyer, "q=insured", false, false, nil},
			{aBuyer, "limit=50&sort=-number", false, false, []string{"6", "5", "4", "3", "2", "1"}},
		} {
			page := p.as(c.who).get(at+"/messages?"+c.query, "Parley-Min-Position", noted.position()).want(http.StatusOK)
			page.shows(c.query, "items", "number", c.want...)
			if page.field("has_older") != c.older || page.field("has_newer") != c.newer {
				t.Errorf("%s has_older %v and has_newer %v, want %v and %v", c.query, page.field("has_older"), page.field("has_newer"), c.older, c.newer)
			}
		}
		p.ask(t, []probe{
			{"wrong parameters", anOwner, "GET", at + "/messages?sort=at&created_after=yesterday&created_before=&q=a&q=b", nil, nil, "422 created_after created_before q sort"},
			{"a text without words", anOwner, "GET", at + "/messages?q=%3F", nil, nil, "422 q"},
			{"out of view comes first", aForeigner, "GET", at + "/messages?q=%3F&sort=at", nil, nil, "404"},
		})
	})
}
