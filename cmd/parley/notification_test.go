package main_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"parley/adapters/adaptertest/smtptest"
)

// The addresses of the demo people who talk in these tests.
const (
	buyerMail = "buyer@northwind.example"
	userMail  = "user@acme.example"
	otherMail = "user2@acme.example"
	lastMail  = "manager@acme.example"
)

// wantMail waits until the server rests and fails the test unless exactly this
// was received.
func wantMail(t *testing.T, p *program, s *smtptest.Server, want map[string]int) {
	t.Helper()
	total := 0
	for _, n := range want {
		total += n
	}
	s.Wait(t, total, startLimit)
	p.settled()
	if diff := cmp.Diff(want, received(s)); diff != "" {
		t.Errorf("mails received (-want +got):\n%s", diff)
	}
	if _, doubled := ids(t, s.Accepted()); doubled > 0 {
		t.Errorf("%d mails came twice", doubled)
	}
}

func TestNotifications_go_once_to_all_others_and_never_to_the_author(t *testing.T) {
	onStoresOfTheirOwn(t, func(t *testing.T, stores []string) {
		s := smtptest.Start(t, nil)
		p := serve(t, stores, "--smtp", s.URL())
		user, buyer, other := p.as("user:user"), p.as("customer_user:buyer"), p.as("user:manager")
		at := talk(p)
		buyer.say(at, "to the owner")
		other.post(at, map[string]any{"body": "a note to the owner", "internal": true}).want(http.StatusCreated)
		other.say(at, "to both")
		user.post(at, map[string]string{"body": "once"}, "Idempotency-Key", "k").want(http.StatusCreated)
		user.post(at, map[string]string{"body": "once"}, "Idempotency-Key", "k").want(http.StatusCreated)
		wantMail(t, p, s, map[string]int{userMail: 3, buyerMail: 2, lastMail: 1})
		for _, m := range s.Accepted() {
			if m.To[0] == buyerMail && strings.Contains(m.Data, "note") {
				t.Errorf("the customer user was told of a note:\n%s", m.Data)
			}
		}
	})
}

func TestNotifications_leave_imported_history_alone(t *testing.T) {
	onStoresOfTheirOwn(t, func(t *testing.T, stores []string) {
		s := smtptest.Start(t, nil)
		p := serve(t, stores, "--smtp", s.URL())
		importFile(t, 0, nil, inFile(t, generateDataset(t, 30).text()), "--server", p.url, "--token", "demo:user:admin")
		p.as("customer_user:buyer").say(talk(p), "told after all that")
		wantMail(t, p, s, map[string]int{userMail: 1})
	})
}

// Whatever the mail server does with the first tries, everybody is told in the
// end, or is known not to be.
func TestNotifications_survive_a_bad_mail_server(t *testing.T) {
	onStoresOfTheirOwn(t, func(t *testing.T, stores []string) {
		s := smtptest.Start(t, func(to string, attempt int) smtptest.Answer {
			switch {
			case to == buyerMail && attempt == 0:
				return smtptest.RefuseForNow
			case to == otherMail:
				return smtptest.RefuseForGood
			case to == lastMail && attempt == 0:
				return smtptest.DropBefore
			}
			return smtptest.Accept
		})
		p := serve(t, stores, "--smtp", s.URL())
		at := talk(p)
		for _, who := range []string{"user2", "manager"} {
			path := strings.TrimSuffix(at, "/messages") + "/participants/user/" + who
			p.as("user:user").send(http.MethodPut, path, nil).want(http.StatusNoContent)
		}
		p.as("user:user").say(at, "to all")
		wantMail(t, p, s, map[string]int{buyerMail: 1, lastMail: 1})
		if tried := s.Attempts(otherMail); tried != 1 {
			t.Errorf("an address that was refused for good was tried %d times", tried)
		}
	})
}

// A connection that breaks after the server took the mail, but before it said
// so, is the one way to a second mail: it says that it is the same.
func TestNotifications_repeat_a_mail_of_unknown_fate_under_the_same_id(t *testing.T) {
	onStoresOfTheirOwn(t, func(t *testing.T, stores []string) {
		s := smtptest.Start(t, func(_ string, attempt int) smtptest.Answer {
			if attempt == 0 {
				return smtptest.DropAfter
			}
			return smtptest.Accept
		})
		p := serve(t, stores, "--smtp", s.URL())
		p.as("user:user").say(talk(p), "perhaps twice")
		mails := s.Wait(t, 2, startLimit)
		p.settled()
		if distinct, _ := ids(t, s.Accepted()); len(distinct) != 1 || len(s.Accepted()) != 2 {
			t.Errorf("%d mails with ids %v", len(mails), distinct)
		}
	})
}

func TestNotifications_are_not_made_up_for_when_mail_was_off(t *testing.T) {
	onStoresOfTheirOwn(t, func(t *testing.T, stores []string) {
		s := smtptest.Start(t, nil)
		p := serve(t, stores, "--smtp", s.URL())
		at := talk(p)
		buyer, with := p.as("customer_user:buyer"), p.args
		buyer.say(at, "told")
		wantMail(t, p, s, map[string]int{userMail: 1})
		p.terminate()
		p.args = with[:len(with)-2]
		p.start()
		buyer.say(at, "not told")
		p.kill()
		if code, _, stderr := runProgram(t, nil, append([]string{"rebuild", "notifications"}, stores...)...); code != 0 {
			t.Fatalf("rebuild: %s", stderr)
		}
		p.args = with
		p.start()
		buyer.say(at, "told again")
		wantMail(t, p, s, map[string]int{userMail: 2})
		for _, m := range s.Accepted() {
			if strings.Contains(m.Data, "not told") {
				t.Errorf("what was said without mail was sent:\n%s", m.Data)
			}
		}
	})
}

// TestNotifications_survive_kills kills the server while it sends: nobody is
// left out, and whoever is told twice can see it by the Message-ID.
func TestNotifications_survive_kills(t *testing.T) {
	onStoresOfTheirOwn(t, func(t *testing.T, stores []string) {
		sending := make(chan struct{}, 1000)
		s := smtptest.Start(t, func(string, int) smtptest.Answer {
			sending <- struct{}{}
			return smtptest.Accept
		})
		p := serve(t, stores, "--smtp", s.URL())
		at, said := talk(p), 0
		for range 5 {
			for range 4 {
				said++
				p.as("customer_user:buyer").say(at, fmt.Sprint("No. ", said))
			}
			select {
			case <-sending:
			case <-time.After(startLimit):
				t.Fatal("nothing was sent")
			}
			p.kill()
			p.start()
		}
		eventually(t, 2*time.Minute, "everything was sent", func() bool {
			distinct, _ := ids(t, s.Accepted())
			return len(distinct) >= said
		})
		p.settled()
		distinct, doubled := ids(t, s.Accepted())
		if len(distinct) != said || doubled > 5*4 {
			t.Errorf("%d messages became %d mails, %d more came twice", said, len(distinct), doubled)
		}
	})
}

func TestNotifications_of_two_instances_go_once(t *testing.T) {
	t.Parallel()
	s := smtptest.Start(t, nil)
	stores := stacks[distributed](t)
	one := serve(t, stores, "--smtp", s.URL())
	two := serve(t, append(stores[2:], "--data", t.TempDir()), "--smtp", s.URL())
	at := talk(one)
	for i := range 10 {
		for _, p := range []*program{one, two} {
			p.as("customer_user:buyer").say(at, fmt.Sprint("No. ", i))
		}
	}
	wantMail(t, one, s, map[string]int{userMail: 20})
	one.kill()
	two.as("customer_user:buyer").say(at, "alone")
	wantMail(t, two, s, map[string]int{userMail: 21})
}
