package main_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"testing"
)

// cursor is how far somebody has read, as a caller reads it at a command's
// place.
func (r reply) cursorOf(who caller, at, person string) float64 {
	r.t.Helper()
	read := who.get(at, "Parley-Min-Position", r.position()).want(http.StatusOK)
	for i, id := range read.each("participants", "person.id") {
		if id == person {
			return read.field("participants." + strconv.Itoa(i) + ".read_up_to").(float64)
		}
	}
	return -1
}

func TestRow_2_6_reading_marks_what_was_shown_and_only_for_the_reader(t *testing.T) {
	onBothStacks(t, func(t *testing.T, stores []string) {
		p := serve(t, stores)
		at := p.begin("reading")
		for n := range 12 {
			p.as(anOwner).post(at+"/messages", saying(strconv.Itoa(n))).want(http.StatusCreated)
		}
		buyer, asked := p.as(aBuyer), p.as(anOwner).send(http.MethodPatch, at, obj{})
		for _, path := range []string{"", "/messages", "/messages?before=8", "/messages?after=2", "/messages/3/readers"} {
			buyer.get(at+path, "Parley-Min-Position", asked.position()).want(http.StatusOK)
		}
		for _, step := range []struct {
			says string
			upTo int
			want float64
		}{
			{"no question marks anything read", 0, 0},
			{"Newer, on a page from the start", 5, 5},
			{"Newer again", 10, 10},
			{"Older is behind the cursor", 7, 10},
			{"Refresh, with the last shown", 12, 12},
			{"again", 12, 12},
			{"beyond the last", 99, 12},
		} {
			read := buyer.post(at+"/read", obj{"up_to": step.upTo}).want(http.StatusNoContent)
			if got := read.cursorOf(buyer, at, "buyer"); got != step.want {
				t.Errorf("%s: the cursor is %v, want %v", step.says, got, step.want)
			}
		}
		p.leavesNoTrace(t, at)
	})
}

// leavesNoTrace: neither somebody else's reading nor a non-participant's shows.
func (p *program) leavesNoTrace(t *testing.T, at string) {
	t.Helper()
	before := p.as(anOwner).get(at).want(http.StatusOK)
	for _, who := range []string{anAdmin, aChief, aColleague} {
		for path, body := range map[string]any{"/read": obj{"up_to": 3}, "/unread": obj{"from": 2}} {
			said := p.as(who).post(at+path, body).want(http.StatusNoContent)
			after := p.as(anOwner).get(at, "Parley-Min-Position", said.position())
			if string(after.body) != string(before.body) || said.cursorOf(p.as(who), at, who[len("user:"):]) > 0 {
				t.Errorf("%s by %s left %s", path, who, after.body)
			}
		}
	}
	read, _ := p.as(anAdmin).readAll(url.Values{"type": {"reader.conversation-read.v1", "reader.conversation-marked-unread.v1"}})
	for _, e := range read {
		var data struct{ Person struct{ ID string } }
		if err := json.Unmarshal(e.Data, &data); err != nil || data.Person.ID != "buyer" {
			t.Errorf("the feed has %s of %q, who takes no part (%v)", e.Type, data.Person.ID, err)
		}
	}
	if len(read) == 0 {
		t.Error("the feed has nothing of who takes part")
	}
}

func TestRow_2_6_marking_unread_moves_the_cursor_exactly_there(t *testing.T) {
	onBothStacks(t, func(t *testing.T, stores []string) {
		p := serve(t, stores)
		at := p.beginAs(anOwner, obj{"name": "unread", "customer_user": "buyer", "message": saying("one")})
		for _, body := range []obj{noting("two"), saying("three"), noting("four")} {
			p.as(anOwner).post(at+"/messages", body).want(http.StatusCreated)
		}
		p.as(aBuyer).post(at+"/messages", saying("five, three to the buyer")).want(http.StatusCreated)
		for _, step := range []struct {
			says, as, path, person string
			body                   any
			want, unread           float64
		}{
			{"the last one is unread already", anOwner, "/unread", "user", nil, 4, 1},
			{"one's own, too", anOwner, "/unread", "user", obj{"from": 3}, 2, 3},
			{"never forward", anOwner, "/unread", "user", obj{"from": 5}, 2, 3},
			{"to the start", anOwner, "/unread", "user", obj{"from": 1}, 0, 5},
			{"reading on stops before one's own", anOwner, "/read", "user", obj{"up_to": 2}, 2, 3},
			{"writing moves to the end", anOwner, "/messages", "user", saying("six"), 6, 0},
			{"the last one", anOwner, "/unread", "user", obj{}, 5, 1},
			{"beyond the last is the last", anOwner, "/unread", "user", obj{"from": 99}, 5, 1},
			{"a customer user, in public numbers", aBuyer, "/unread", "buyer", obj{"from": 2}, 1, 3},
			{"a customer user reads on", aBuyer, "/read", "buyer", obj{"up_to": 3}, 3, 1},
			{"a customer user's last one is unread", aBuyer, "/unread", "buyer", nil, 3, 1},
		} {
			done := p.as(step.as).post(at+step.path, step.body)
			if got := done.cursorOf(p.as(step.as), at, step.person); got != step.want {
				t.Errorf("%s: %d, and the cursor is %v, want %v", step.says, done.status, got, step.want)
			}
			if got := p.as(step.as).get(at).field("unread"); got != step.unread {
				t.Errorf("%s: %v are unread, want %v", step.says, got, step.unread)
			}
		}
		p.ask(t, []probe{
			{"zero", anOwner, "POST", at + "/unread", obj{"from": 0}, nil, "422 /from"},
			{"no number", anOwner, "POST", at + "/unread", obj{"from": "x", "zz": 1}, nil, "422 /from /zz"},
			{"who does not see it", aForeigner, "POST", at + "/unread", nil, nil, "404"},
		})
		p.countsAgain(t, at)
	})
}

// countsAgain: the indicator follows, and marking all read ends it.
func (p *program) countsAgain(t *testing.T, at string) {
	t.Helper()
	agree(t, p.as(anOwner), p.as(anOwner).send(http.MethodPatch, at, obj{"name": "unread again"}))
	marked := p.as(anOwner).post(at+"/unread", obj{"from": 2}).want(http.StatusNoContent)
	if unread := p.as(anOwner).get("/v1/me/unread", "Parley-Min-Position", marked.position()); unread.field("count") != 1.0 {
		t.Errorf("after marking unread the indicator is %s", unread.body)
	}
	all := p.as(anOwner).post("/v1/me/read", nil, "Parley-Min-Position", marked.position()).want(http.StatusNoContent)
	if unread := p.as(anOwner).get("/v1/me/unread", "Parley-Min-Position", all.position()); unread.field("count") != 0.0 {
		t.Errorf("after marking all read the indicator is %s", unread.body)
	}
	p.as(anOwner).post(at+"/unread", nil).want(http.StatusNoContent)
	read := p.as(anOwner).post("/v1/conversations/read", obj{"ids": arr{idAt(at)}}).want(http.StatusOK)
	if got := read.cursorOf(p.as(anOwner), at, "user"); got != 6 {
		t.Errorf("after reading many the cursor is %v, want 6", got)
	}
}

func TestRow_2_6_a_customer_users_cursor_is_shown_in_the_lookers_numbers(t *testing.T) {
	onBothStacks(t, func(t *testing.T, stores []string) {
		p := serve(t, stores)
		at := p.beginAs(anOwner, obj{"name": "numbers", "customer_user": "buyer", "message": noting("one")})
		for _, body := range []obj{saying("two"), noting("three"), noting("four"), saying("five"), saying("six"), noting("seven")} {
			p.as(anOwner).post(at+"/messages", body).want(http.StatusCreated)
		}
		for public, overall := range []float64{0, 2, 5, 6} {
			read := p.as(aBuyer).post(at+"/read", obj{"up_to": public}).want(http.StatusNoContent)
			mine, theirs := read.cursorOf(p.as(aBuyer), at, "buyer"), read.cursorOf(p.as(anOwner), at, "buyer")
			if mine != float64(public) || theirs != overall {
				t.Errorf("the buyer reads %v and the owner %v, want %d and %v", mine, theirs, public, overall)
			}
			agree(t, p.as(anOwner), p.as(anOwner).send(http.MethodPatch, at, obj{"name": "numbers " + strconv.Itoa(public)}))
		}
	})
}

func TestRow_2_6_readers_of_a_message_are_those_who_have_seen_it(t *testing.T) {
	onBothStacks(t, func(t *testing.T, stores []string) {
		p := serve(t, stores)
		at := p.beginAs(anOwner, obj{"name": "seen", "customer_user": "buyer", "message": saying("one")})
		p.as(anOwner).post(at+"/messages", noting("two")).want(http.StatusCreated)
		p.as(anOwner).send(http.MethodPut, at+"/participants/user/user2", nil).want(http.StatusNoContent)
		p.as(anOwner).send(http.MethodPut, at+"/participants/customer_user/customer-admin", nil).want(http.StatusNoContent)
		p.as(aChief).post(at+"/messages", saying("three, two to customers")).want(http.StatusCreated)
		done := p.as(aBuyer).post(at+"/read", obj{"up_to": 2}).want(http.StatusNoContent)
		seen := func(says, as, number string, want ...string) {
			t.Helper()
			r := p.as(as).get(at+"/messages/"+number+"/readers", "Parley-Min-Position", done.position()).want(http.StatusOK)
			r.shows(says, "items", "person.id", want...)
		}
		seen("the first", anOwner, "1", "user", "buyer", "customer-admin")
		seen("the note", anOwner, "2", "user")
		seen("the last", anAdmin, "3", "buyer", "customer-admin")
		seen("the first, to a customer user", aBuyer, "1", "user", "buyer")
		seen("the last, to a customer user", aBuyer, "2", "buyer")
		seen("to one who takes no part", aManager, "1", "user", "buyer", "customer-admin")
		before := string(p.as(aBuyer).get(at + "/messages/2/readers").body)
		done = p.as(anOwner).post(at+"/messages", noting("a note moves the owner's cursor")).want(http.StatusCreated)
		seen("the last, to users", anOwner, "3", "user", "buyer", "customer-admin")
		seen("the last, to a customer user: a note leaves no trace", aBuyer, "2", "buyer")
		if after := string(p.as(aBuyer).get(at + "/messages/2/readers").body); after != before {
			t.Errorf("a note made %s of %s", after, before)
		}
		done = p.as(anOwner).post(at+"/read", obj{"up_to": 3}).want(http.StatusNoContent)
		seen("nothing new was read", aBuyer, "2", "buyer")
		p.ask(t, []probe{
			{"the note's number, to a customer user", aBuyer, "GET", at + "/messages/3/readers", nil, nil, "404"},
			{"beyond the last", anOwner, "GET", at + "/messages/5/readers", nil, nil, "404"},
			{"before the first", anOwner, "GET", at + "/messages/0/readers", nil, nil, "404"},
			{"no number", anOwner, "GET", at + "/messages/x/readers", nil, nil, "404"},
			{"who does not see it", aForeigner, "GET", at + "/messages/1/readers", nil, nil, "404"},
			{"a parameter", anOwner, "GET", at + "/messages/1/readers?zz=1", nil, nil, "422 zz"},
		})
	})
}
