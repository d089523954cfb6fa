package main_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"parley/adapters/adaptertest/smtptest"
)

// chiefMail is the address of the customer's administrator.
const chiefMail = "customer-admin@northwind.example"

// mentionsOf returns how many mails said to each address that it is mentioned.
func mentionsOf(s *smtptest.Server) map[string]int {
	counts := map[string]int{}
	for _, m := range s.Accepted() {
		if strings.Contains(m.Data, "mentioned you") {
			counts[m.To[0]]++
		}
	}
	return counts
}

func TestRow_1_14_who_is_mentioned_and_may_view_is_told(t *testing.T) {
	onStoresOfTheirOwn(t, func(t *testing.T, stores []string) {
		s := smtptest.Start(t, nil)
		p := serve(t, stores, "--smtp", s.URL())
		at := talk(p)
		owner, buyer := p.as(anOwner), p.as(aBuyer)

		said := owner.say(at, "@[Max Manager](user:manager), @customer_user:customer-admin, @customer_user:other-buyer and @user:nobody: look")
		if html := said.field("html").(string); !strings.Contains(html, `<span class="mention">@Max Manager</span>`) {
			t.Errorf("the mention is shown as %s", html)
		}
		owner.post(at, noting("@user:user2 and not @customer_user:buyer")).want(http.StatusCreated)
		buyer.say(at, "@user:user and @user:manager") // whom the buyer may not view
		wantMail(t, p, s, map[string]int{lastMail: 1, chiefMail: 1, buyerMail: 1, otherMail: 1, userMail: 1})
		if diff := cmp.Diff(map[string]int{lastMail: 1, chiefMail: 1, otherMail: 1, userMail: 1}, mentionsOf(s)); diff != "" {
			t.Errorf("told that they are mentioned (-want +got):\n%s", diff)
		}

		edited := owner.send(http.MethodPatch, at+"/1", saying("@user:manager, @user:user2 and @customer_user:buyer")).want(http.StatusOK)
		wantMail(t, p, s, map[string]int{lastMail: 1, chiefMail: 1, buyerMail: 2, otherMail: 2, userMail: 1})
		if diff := cmp.Diff(map[string]int{lastMail: 1, chiefMail: 1, otherMail: 2, userMail: 1, buyerMail: 1}, mentionsOf(s)); diff != "" {
			t.Errorf("told that they are mentioned, after the edit (-want +got):\n%s", diff)
		}
		p.nobodyJoined(t, strings.TrimSuffix(at, "/messages"), edited.position())
	})
}

// nobodyJoined checks that being mentioned made nobody a participant, and let
// nobody see what they did not.
func (p *program) nobodyJoined(t *testing.T, at, position string) {
	t.Helper()
	p.as(anOwner).get(at, "Parley-Min-Position", position).shows("after mentions", "participants", "person.id", "user", "buyer")
	p.ask(t, []probe{{"who is mentioned without a right", aForeigner, "GET", at, nil, []string{"Parley-Min-Position", position}, "404"}})
	for _, e := range p.as(anAdmin).get(at + "/history").want(http.StatusOK).items() {
		if text := fmt.Sprint(e["data"].(map[string]any)["mentions"]); strings.Contains(text, "other-buyer") || strings.Contains(text, "nobody") {
			t.Errorf("mentioned without being able to view: %s", text)
		}
	}
}

func TestRow_1_14_a_first_message_mentions(t *testing.T) {
	onStoresOfTheirOwn(t, func(t *testing.T, stores []string) {
		s := smtptest.Start(t, nil)
		p := serve(t, stores, "--smtp", s.URL())
		p.as(anOwner).post("/v1/conversations", obj{"name": "x", "customer_user": "buyer", "message": saying("@user:manager, look")}).want(http.StatusCreated)
		wantMail(t, p, s, map[string]int{lastMail: 1, buyerMail: 1})
		if diff := cmp.Diff(map[string]int{lastMail: 1}, mentionsOf(s)); diff != "" {
			t.Errorf("told that they are mentioned (-want +got):\n%s", diff)
		}
	})
}

func TestRow_1_14_imported_history_mentions_nobody(t *testing.T) {
	onStoresOfTheirOwn(t, func(t *testing.T, stores []string) {
		s := smtptest.Start(t, nil)
		p := serve(t, stores, "--smtp", s.URL())
		line := `{"organization":"acme","kind":"conversation","key":"old","name":"Old","owner":"user","customer_user":"buyer",` +
			`"started_at":"2020-01-01T00:00:00Z","messages":[{"from":"user","body":"@user:manager","at":"2020-01-01T00:00:00Z"}]}`
		imported := p.as(anAdmin).post("/v1/import", line+"\n", "Content-Type", "application/x-ndjson").want(http.StatusOK)
		if !strings.Contains(string(imported.body), `"created":1`) {
			t.Fatalf("imported %s", imported.body)
		}
		p.as(aBuyer).say(talk(p), "told after all that")
		wantMail(t, p, s, map[string]int{userMail: 1})
	})
}
