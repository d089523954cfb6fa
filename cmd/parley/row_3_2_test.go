package main_test

import (
	"fmt"
	"net/http"
	"strconv"
	"testing"
)

func TestRow_3_2_a_customer_users_own_conversations_or_the_companys(t *testing.T) {
	onBothStacks(t, func(t *testing.T, stores []string) {
		p := serve(t, stores)
		mine := p.beginAs(aBuyer, obj{"name": "mine", "message": saying("x")})
		forMe := p.beginAs(anOwner, obj{"name": "for me", "customer_user": "buyer", "message": saying("x")})
		p.beginAs(aChief, obj{"name": "the chief's", "message": saying("x")})
		p.beginAs(aForeigner, obj{"name": "another company's", "message": saying("x")})
		answered := p.as(anOwner).post(mine+"/messages", saying("answered")).want(http.StatusCreated)
		name, position := answered.since()
		p.as(aBuyer).get("/v1/conversations?sort=-updated_at", name, position).shows("newest update first", "items", "name", "mine", "for me")
		p.as(aBuyer).get("/v1/conversations", name, position).shows("unread", "items", "unread", "1", "1")
		p.as(aChief).get("/v1/conversations", name, position).shows("the company's", "items", "name", "mine", "the chief's", "for me")
		p.as(aForeigner).get("/v1/conversations", name, position).shows("another company's", "items", "name", "another company's")
		p.as(aBuyer).get("/v1/me/unread", name, position).tells(t, map[string]any{"count": 2.0, "label": "2"})
		name, position = p.as(anOwner).send(http.MethodPatch, forMe, obj{"name": "renamed"}).want(http.StatusOK).since()
		p.as(aBuyer).get("/v1/conversations?sort=-updated_at&limit=1", name, position).shows("a rename is an update", "items", "name", "renamed")
		p.as(anOwner).post(mine+"/messages", noting("between us")).want(http.StatusCreated)
		noted := p.as(anOwner).post("/v1/conversations", obj{"name": "a note only", "customer_user": "buyer", "message": noting("x")}).want(http.StatusCreated)
		name, position = noted.since()
		p.as(aBuyer).get("/v1/me/unread", name, position).tells(t, map[string]any{"count": 2.0})
		p.as(aBuyer).get("/v1/conversations?sort=-updated_at", name, position).shows("notes are no update", "items", "name", "a note only", "renamed", "mine")
	})
}

func TestRow_3_2_the_chat_scrolls_back_by_40_from_the_divider_to_the_first(t *testing.T) {
	onBothStacks(t, func(t *testing.T, stores []string) {
		p := serve(t, stores)
		at := p.beginAs(aBuyer, obj{"name": "long", "message": saying("1")})
		var last reply
		for n := 2; n <= 95; n++ {
			last = p.as(anOwner).post(at+"/messages", saying(strconv.Itoa(n))).want(http.StatusCreated)
			if n%10 == 0 {
				p.as(anOwner).post(at+"/messages", noting("between us")).want(http.StatusCreated)
			}
		}
		name, position := last.since()
		buyer := p.as(aBuyer)
		buyer.get(at, name, position).tells(t, map[string]any{"unread": 94.0, "participants.0.read_up_to": 1.0, "message_count": 95.0})
		for _, page := range []struct {
			before, from, to int
			older            bool
		}{{0, 56, 95, true}, {56, 16, 55, true}, {16, 1, 15, false}} {
			path := at + "/messages?limit=40"
			if page.before > 0 {
				path += fmt.Sprintf("&before=%d", page.before)
			}
			got := buyer.get(path, name, position).want(http.StatusOK)
			var numbers []string
			for n := page.from; n <= page.to; n++ {
				numbers = append(numbers, strconv.Itoa(n))
			}
			got.shows("oldest first, by public number", "items", "number", numbers...)
			got.shows("each says what it is", "items", "body", numbers...)
			if got.field("has_older") != page.older {
				t.Errorf("before %d has_older is %v", page.before, got.field("has_older"))
			}
		}
		read := buyer.post(at+"/read", obj{"up_to": 95}).want(http.StatusNoContent)
		buyer.get(at, "Parley-Min-Position", read.position()).tells(t, map[string]any{"unread": 0.0, "participants.0.read_up_to": 95.0})
	})
}
