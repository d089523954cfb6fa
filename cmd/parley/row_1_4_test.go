package main_test

import (
	"net/http"
	"testing"

	"parley/adapters/adaptertest/smtptest"
)

func TestRow_1_4_participants_join_leave_and_are_removed(t *testing.T) {
	onBothStacks(t, func(t *testing.T, stores []string) {
		p := serve(t, stores)
		at := p.begin("participants")
		takes := func(says string, want ...string) {
			t.Helper()
			r := p.as(anAdmin).send(http.MethodPatch, at, obj{}).want(http.StatusOK)
			agree(t, p.as(anAdmin), r)
			r.shows(says, "participants", "person.id", want...)
		}
		takes("owner and customer user join at the start", "user", "buyer")
		p.as(aManager).post(at+"/messages", saying("x")).want(http.StatusCreated)
		takes("a sender joins with the first message", "user", "buyer", "manager")
		p.as(aManager).post(at+"/messages", saying("y")).want(http.StatusCreated)
		takes("and not again", "user", "buyer", "manager")
		p.as(anAdmin).send(http.MethodPatch, at, obj{"owner": "user2"}).want(http.StatusOK)
		takes("a new owner joins, the former one stays", "user", "buyer", "manager", "user2")
		p.as(anAdmin).send(http.MethodPatch, at, obj{"customer_user": "other-buyer"}).want(http.StatusOK)
		takes("a new customer user joins, the former one leaves", "user", "manager", "user2", "other-buyer")
		p.ask(t, []probe{
			{"a participant leaves", anOwner, "DELETE", at + "/participants/user/user", nil, nil, "204"},
			{"has left", anOwner, "DELETE", at + "/participants/user/user", nil, nil, "204"},
			{"others are not removed by who may not edit", anOwner, "DELETE", at + "/participants/user/manager", nil, nil, "403"},
			{"a customer user does not leave", aForeigner, "DELETE", at + "/participants/customer_user/other-buyer", nil, nil, "403"},
			{"the owner removes", aColleague, "DELETE", at + "/participants/user/manager", nil, nil, "204"},
			{"and adds", aColleague, "PUT", at + "/participants/customer_user/buyer", nil, nil, "204"},
			{"once", aColleague, "PUT", at + "/participants/customer_user/buyer", nil, nil, "204"},
			{"who was added takes part", aBuyer, "POST", at + "/messages", saying("z"), nil, "201"},
		})
		takes("left and removed are gone, the added one is back", "buyer", "user2", "other-buyer")
	})
}

func TestRow_1_4_a_participant_mutes_a_conversation_for_oneself(t *testing.T) {
	onBothStacks(t, func(t *testing.T, stores []string) {
		p := serve(t, stores)
		at := p.beginAs(anOwner, obj{"name": "muted", "customer_user": "buyer", "message": saying("x")})
		before := p.as(anAdmin).send(http.MethodPatch, at, obj{}).want(http.StatusOK)
		muted := p.as(aBuyer).post(at+"/mute", nil).want(http.StatusNoContent)
		p.ask(t, []probe{
			{"muting again", aBuyer, "POST", at + "/mute", nil, nil, "204"},
			{"who takes no part", anAdmin, "POST", at + "/mute", nil, nil, "403"},
			{"who takes no part", anAdmin, "POST", at + "/unmute", nil, nil, "403"},
			{"who does not see it", aForeigner, "POST", at + "/mute", nil, nil, "404"},
			{"what is not there", anAdmin, "POST", unknownConv + "/mute", nil, nil, "404"},
			{"another revision", anOwner, "POST", at + "/mute", nil, []string{"If-Match", `"0"`}, "412"},
			{"unmuting what is not muted", anOwner, "POST", at + "/unmute", nil, nil, "204"},
		})
		after := p.as(anAdmin).send(http.MethodPatch, at, obj{}, "Parley-Min-Position", muted.position()).want(http.StatusOK)
		agree(t, p.as(anAdmin), p.as(anAdmin).send(http.MethodPatch, at, obj{"name": "still muted"}))
		after.shows("who muted it", "participants", "muted", "false", "true")
		if after.header.Get("ETag") != before.header.Get("ETag") || after.field("updated_at") != before.field("updated_at") {
			t.Errorf("muting moved the conversation from %s to %s", before.body, after.body)
		}
		seen := p.as(aBuyer).get(at, "Parley-Min-Position", muted.position())
		seen.shows("the buyer sees it", "participants", "muted", "true")
		p.mutedStillCounts(t, at)
		p.leavingEndsIt(t, at)
	})
}

// mutedStillCounts: what is muted is still unread.
func (p *program) mutedStillCounts(t *testing.T, at string) {
	t.Helper()
	said := p.as(anOwner).post(at+"/messages", saying("news")).want(http.StatusCreated)
	unread := p.as(aBuyer).get("/v1/me/unread", "Parley-Min-Position", said.position())
	if unread.field("count") != 1.0 || unread.field("items.0.name") != "still muted" {
		t.Errorf("the indicator shows %s", unread.body)
	}
	unmuted := p.as(aBuyer).post(at+"/unmute", nil).want(http.StatusNoContent)
	p.as(aBuyer).get(at, "Parley-Min-Position", unmuted.position()).shows("unmuted", "participants", "muted", "false")
}

// leavingEndsIt: who comes back hears of it again.
func (p *program) leavingEndsIt(t *testing.T, at string) {
	t.Helper()
	p.as(anOwner).post(at+"/mute", nil).want(http.StatusNoContent)
	p.as(anOwner).send(http.MethodDelete, at+"/participants/user/user", nil).want(http.StatusNoContent)
	p.as(anOwner).send(http.MethodPut, at+"/participants/user/user", nil).want(http.StatusNoContent)
	r := p.as(anAdmin).send(http.MethodPatch, at, obj{"name": "left"}).want(http.StatusOK)
	agree(t, p.as(anAdmin), r)
	r.shows("after leaving and joining again", "participants", "muted", "false", "false")
	p.as(anOwner).post(at+"/mute", nil).want(http.StatusNoContent)
	r = p.as(anAdmin).send(http.MethodPatch, at, obj{"name": "muted again"}).want(http.StatusOK)
	agree(t, p.as(anAdmin), r)
	r.shows("muted again", "participants", "muted", "true", "false")
}

func TestRow_1_4_who_has_muted_it_gets_no_mail(t *testing.T) {
	onStoresOfTheirOwn(t, func(t *testing.T, stores []string) {
		s := smtptest.Start(t, nil)
		p := serve(t, stores, "--smtp", s.URL())
		at := talk(p)
		conversation := at[:len(at)-len("/messages")]
		p.as(anOwner).send(http.MethodPut, conversation+"/participants/user/user2", nil).want(http.StatusNoContent)
		p.as(anOwner).post(conversation+"/mute", nil).want(http.StatusNoContent)
		p.as(aBuyer).say(at, "to the colleague alone")
		wantMail(t, p, s, map[string]int{otherMail: 1})
		p.as(anOwner).post(conversation+"/unmute", nil).want(http.StatusNoContent)
		p.as(aBuyer).say(at, "to both")
		wantMail(t, p, s, map[string]int{otherMail: 2, userMail: 1})
		p.as(anOwner).post(conversation+"/mute", nil).want(http.StatusNoContent)
		p.as(anOwner).send(http.MethodDelete, conversation+"/participants/user/user", nil).want(http.StatusNoContent)
		p.as(anOwner).send(http.MethodPut, conversation+"/participants/user/user", nil).want(http.StatusNoContent)
		p.as(aBuyer).say(at, "to both again")
		wantMail(t, p, s, map[string]int{otherMail: 3, userMail: 2})
		skipped := p.as(anAdmin).get("/v1/events?wait=0&type=notification.decided.v1")
		skipped.shows("why the owner was not told", "items.0.data.skipped", "reason", "author", "muted")
	})
}
