package main_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

func TestRow_2_5_the_indicator_counts_conversations(t *testing.T) {
	onBothStacks(t, func(t *testing.T, stores []string) {
		p := serve(t, stores)
		shows := func(who string, since reply, count, label string, names ...string) {
			t.Helper()
			i := p.as(who).get("/v1/me/unread", "Parley-Min-Position", since.position()).want(http.StatusOK)
			i.shows(who+"'s items", "items", "name", names...)
			more := fmt.Sprint(i.field("more"))
			if got := fmt.Sprint(i.field("count"), " ", i.field("label")); got != count+" "+label {
				t.Errorf("%s sees %s and %s more, want %s %s", who, got, more, count, label)
			}
			if fmt.Sprint(i.field("count").(float64)-float64(len(names))) != more {
				t.Errorf("%s sees %s more", who, more)
			}
		}
		silent := p.begin("without messages")
		paths := map[string]string{}
		var last reply
		for _, name := range []string{"a", "b", "c", "d", "e"} {
			paths[name] = p.begin(name)
			p.as(aBuyer).post(paths[name]+"/messages", saying("first")).want(http.StatusCreated)
			last = p.as(aBuyer).post(paths[name]+"/messages", saying("second in "+name)).want(http.StatusCreated)
		}
		shows(anOwner, last, "5", "5", "e", "d", "c", "b")
		shows(aBuyer, last, "0", "")
		shows(aManager, last, "0", "") // views them and takes no part
		last = p.as(anOwner).post(paths["e"]+"/close", nil).want(http.StatusOK)
		shows(anOwner, last, "5", "5", "e", "d", "c", "b")
		last = p.as(anOwner).post(paths["d"]+"/read", obj{"up_to": 1}).want(http.StatusNoContent)
		shows(anOwner, last, "5", "5", "e", "d", "c", "b")
		last = p.as(anOwner).post(paths["d"]+"/read", obj{"up_to": 2}).want(http.StatusNoContent)
		shows(anOwner, last, "4", "4", "e", "c", "b", "a")
		last = p.as(anOwner).post(paths["a"]+"/messages", saying("mine")).want(http.StatusCreated)
		shows(anOwner, last, "3", "3", "e", "c", "b")
		last = p.as(anAdmin).send(http.MethodDelete, paths["c"], nil).want(http.StatusNoContent)
		shows(anOwner, last, "2", "2", "e", "b")
		last = p.as(anAdmin).send(http.MethodDelete, paths["b"]+"/participants/user/user", nil).want(http.StatusNoContent)
		shows(anOwner, last, "1", "1", "e")
		last = p.as(aBuyer).post(silent+"/messages", saying("no longer silent")).want(http.StatusCreated)
		shows(anOwner, last, "2", "2", "without messages", "e")
		last = p.as(anOwner).post("/v1/me/read", nil).want(http.StatusNoContent)
		shows(anOwner, last, "0", "")
	})
}

func TestRow_2_5_the_indicator_ends_at_99_and_snippets_at_50_characters(t *testing.T) {
	onBothStacks(t, func(t *testing.T, stores []string) {
		p := serve(t, stores)
		family := strings.Repeat("👩‍👩‍👧", 30) + strings.Repeat("e\u0301", 30)
		var many []obj
		for i := range 99 {
			many = append(many, obj{
				"name": fmt.Sprint("n", i), "owner": "user", "customer_user": "buyer", "started_at": "2026-01-01T09:00:00Z",
				"messages": arr{said("buyer", fmt.Sprintf("01T%02d:%02d", 10+i/60, i%60), "**bold** and\n\nnew "+family)},
			})
		}
		label := func(since string) reply {
			return p.as(anOwner).get("/v1/me/unread", "Parley-Min-Position", since).want(http.StatusOK)
		}
		i := label(p.past(many...))
		i.shows("the newest", "items", "name", "n98", "n97", "n96", "n95")
		i.shows("their senders", "items", "from.name", "Bert Buyer", "Bert Buyer", "Bert Buyer", "Bert Buyer")
		if i.field("label") != "99" || i.field("more") != 95.0 || i.field("items.0.at") != "2026-01-01T11:38:00Z" {
			t.Errorf("99 unread show %s", i.body)
		}
		if want := "bold and new " + strings.Repeat("👩‍👩‍👧", 30) + strings.Repeat("e\u0301", 7); i.field("items.0.snippet") != want {
			t.Errorf("the snippet is %v, want %s", i.field("items.0.snippet"), want)
		}
		at := p.begin("one more")
		noted := p.as(anAdmin).post(at+"/messages", noting("for users only")).want(http.StatusCreated)
		if i := label(noted.position()); i.field("label") != "99+" || i.field("count") != 100.0 || i.field("items.0.name") != "one more" {
			t.Errorf("100 unread show %s", i.body)
		}
		buyers := p.as(aBuyer).get("/v1/me/unread", "Parley-Min-Position", noted.position()).want(http.StatusOK)
		if buyers.field("count") != 0.0 {
			t.Errorf("an internal note counts for a customer user: %s", buyers.body)
		}
	})
}
