package main_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"parley/adapters/adaptertest/smtptest"
)

// set changes settings as an administrator and returns the answer's position.
func (p *program) set(change obj) string {
	p.t.Helper()
	return p.as(anAdmin).send(http.MethodPatch, "/v1/settings", change).want(http.StatusOK).position()
}

// Off: every mounted route of conversations answers every caller of the
// organization as if there were no such route, and all others go on.
func TestRow_5_1_switched_off_conversations_are_nowhere(t *testing.T) {
	onBothStacks(t, func(t *testing.T, stores []string) {
		w := newPolicyWorld(t, stores)
		admin, all := w.p.as(anAdmin), w.p.operations()
		started := map[string]string{}
		for _, who := range []string{anAdmin, anOwner, aBuyer} {
			started[who] = string(w.p.as(who).get(w.ours.at()).want(http.StatusOK).body)
		}
		w.p.set(obj{"enabled": false})
		off := 0
		for _, op := range all {
			try := attempts[op.id]
			for _, who := range w.callers {
				if who.kind == "" || op.feature != "conversations" {
					continue
				}
				got := w.try(op, try, w.ours, who)
				if theirs := strings.HasPrefix(who.is, "another organization"); theirs && got.status == http.StatusNotFound {
					continue // or not: nothing of ours is theirs
				} else if theirs {
					if got.status >= http.StatusInternalServerError {
						t.Errorf("%s by %s: %d", op.id, who.is, got.status)
					}
					continue
				}
				if nowhere := who.send(op.method, "/v1/nowhere", nil); got.status != http.StatusNotFound || got.told() != nowhere.told() {
					t.Errorf("%s by %s: %d %s", op.id, who.is, got.status, got.body)
				}
				off++
			}
		}
		if off == 0 {
			t.Error("no route is switched off")
		}
		w.goesOn(t)
		w.p.set(obj{"enabled": true})
		w.p.settled()
		for who, was := range started {
			if now := string(w.p.as(who).get(w.ours.at()).want(http.StatusOK).body); now != was {
				t.Errorf("back for %s is %s, was %s", who, now, was)
			}
		}
		if n := admin.get("/v1/conversations?name=imported").items(); len(n) != 1 {
			t.Errorf("what was imported meanwhile is %v", n)
		}
	})
}

// goesOn does what must go on while conversations are switched off.
func (w *policyWorld) goesOn(t *testing.T) {
	t.Helper()
	admin, owner, buyer := w.p.as(anAdmin), w.p.as(anOwner), w.p.as(aBuyer)
	mirrored := admin.send(http.MethodPut, "/v1/records/order/meanwhile", obj{"label": "Meanwhile", "customer_user": "buyer"}).want(http.StatusNoContent)
	line := `{"kind":"conversation","key":"k1","organization":"acme","name":"imported","owner":"user","customer_user":"buyer","started_at":"2026-01-01T00:00:00Z","messages":[{"from":"buyer","body":"Q","at":"2026-01-01T00:00:00Z"}]}`
	imported := admin.post("/v1/import", line+"\n", "Content-Type", "application/x-ndjson").want(http.StatusOK)
	if !strings.Contains(string(imported.body), `"status":"created"`) {
		t.Errorf("the import says %s", imported.body)
	}
	name, position := mirrored.since()
	for _, c := range []struct {
		who  caller
		path string
	}{
		{buyer, "/v1/me"},
		{buyer, "/v1/records/order/meanwhile"},
		{owner, "/v1/people"},
		{owner, "/v1/records?q=Meanwhile"},
		{owner, "/v1/record-types"},
		{admin, w.ours.at() + "/history"},
		{admin, "/v1/events?wait=0"},
		{admin, "/v1/settings"},
		{admin, "/v1/admin/projections"},
	} {
		c.who.get(c.path, name, position).want(http.StatusOK)
	}
	if feed := admin.told(url.Values{"type": {"settings.switched-off.v1"}}); !strings.Contains(feed, `"settings.switched-off.v1"`) {
		t.Errorf("the feed does not tell of the switch: %s", feed)
	}
}

func TestRow_5_1_switching_off_ends_live_streams_and_outlasts_a_restart(t *testing.T) {
	onBothStacks(t, func(t *testing.T, stores []string) {
		p := serve(t, stores)
		ours, _ := p.as(anOwner).live("")
		theirs, _ := p.as(aBuyer).live("")
		p.set(obj{"enabled": false})
		ours.awaitEnd()
		theirs.awaitEnd()
		p.kill()
		p.start()
		p.as(anOwner).get("/v1/me/unread").want(http.StatusNotFound)
		p.as(anOwner).stream("/v1/live").reply.want(http.StatusNotFound)
		p.set(obj{"enabled": true})
		p.as(anOwner).get("/v1/me/unread").want(http.StatusOK)
		p.as(anOwner).live("")
	})
}

// A mail that waits for its next try is given up, and is not sent by surprise
// when conversations come back.
func TestRow_5_1_switched_off_conversations_send_no_mail(t *testing.T) {
	onStoresOfTheirOwn(t, func(t *testing.T, stores []string) {
		s := smtptest.Start(t, func(_ string, attempt int) smtptest.Answer {
			if attempt == 0 {
				return smtptest.RefuseForNow
			}
			return smtptest.Accept
		})
		p := serve(t, stores, "--smtp", s.URL())
		at := talk(p)
		p.as(aBuyer).say(at, "never told")
		eventually(t, startLimit, "the mail is tried", func() bool { return s.Attempts(userMail) == 1 })
		p.set(obj{"enabled": false})
		var dropped reply
		eventually(t, 2*time.Minute, "the mail is given up", func() bool {
			dropped = p.as(anAdmin).get("/v1/events?wait=0&type=notification.dropped.v1").want(http.StatusOK)
			return len(dropped.items()) == 1
		})
		if dropped.field("items.0.data.reason") != "switched_off" {
			t.Errorf("given up as %s", dropped.body)
		}
		p.set(obj{"enabled": true})
		p.as(aBuyer).say(at, "told")
		wantMail(t, p, s, map[string]int{userMail: 1})
		if mail := s.Accepted()[0]; strings.Contains(mail.Data, "never told") {
			t.Errorf("told after all: %s", mail.Data)
		}
	})
}
