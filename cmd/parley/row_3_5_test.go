package main_test

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// A customer user's screens are told of what they show, and resume where they
// left off without a miss; what is hidden from them is not even a hint.
func TestRow_3_5_customer_users_are_told_live_and_resume(t *testing.T) {
	onBothStacks(t, func(t *testing.T, stores []string) {
		p := serve(t, stores)
		at := p.beginAs(aBuyer, obj{"source": aRecord("order", "1001"), "message": saying("x")})
		id := strings.TrimPrefix(at, "/v1/conversations/")
		theirs, _ := p.as(aBuyer).live("")
		chiefs, _ := p.as(aChief).live("")
		elsewhere, _ := p.as(aForeigner).live("")
		answered := p.as(anOwner).post(at+"/messages", saying("answered")).want(http.StatusCreated)
		for who, screen := range map[string]struct {
			*stream
			want []string
		}{aBuyer: {theirs, []string{"conversation", "inbox", "list", "record"}}, aChief: {chiefs, []string{"conversation", "list", "record"}}} {
			for told := []string{}; !containsAll(told, screen.want); {
				h := screen.nextHint()
				if strconv.FormatUint(h.Position, 10) != answered.position() {
					t.Errorf("%s is told %+v, want only of %s", who, h, answered.position())
				}
				told = append(told, h.Event)
			}
		}
		if got := p.as(aBuyer).get(at).field("unread"); got != 1.0 {
			t.Errorf("once told there are %v unread", got)
		}
		theirs.close()
		p.as(anOwner).post(at+"/messages", noting("between us")).want(http.StatusCreated)
		missed := p.as(anOwner).post(at+"/messages", saying("while away")).want(http.StatusCreated)
		resumed, _ := p.as(aBuyer).live(answered.position())
		before, found := resumed.until("conversation", id)
		if strconv.FormatUint(found.Position, 10) != missed.position() {
			t.Errorf("first told %+v, want of what was missed at %s", found, missed.position())
		}
		started := p.as(aForeigner).post("/v1/conversations", obj{"name": "mine", "message": saying("x")}).want(http.StatusCreated)
		others, _ := elsewhere.until("conversation", started.field("id").(string))
		isOfTheNote := func(h hint) bool { return strconv.FormatUint(h.Position, 10) != missed.position() }
		isOfAnother := func(h hint) bool { return h.ID == id }
		if slices.ContainsFunc(before, isOfTheNote) || slices.ContainsFunc(others, isOfAnother) {
			t.Errorf("told of what is hidden: %+v, %+v", before, others)
		}
	})
}

func containsAll(all, wanted []string) bool {
	return !slices.ContainsFunc(wanted, func(w string) bool { return !slices.Contains(all, w) })
}
