package main_test

import (
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"parley/adapters/adaptertest/smtptest"
)

func TestRow_1_5_a_message_needs_view_and_edit_or_taking_part(t *testing.T) {
	onBothStacks(t, func(t *testing.T, stores []string) {
		p := serve(t, stores)
		at := p.begin("written in") + "/messages"
		p.ask(t, []probe{
			{"a participant", anOwner, "POST", at, saying("x"), nil, "201"},
			{"the customer user", aBuyer, "POST", at, saying("x"), nil, "201"},
			{"who may edit", aManager, "POST", at, saying("x"), nil, "201"},
			{"the customer's administrator", aChief, "POST", at, saying("x"), nil, "201"},
			{"who only sees it", aColleague, "POST", at, saying("x"), nil, "403"},
			{"who does not see it", aForeigner, "POST", at, saying("x"), nil, "404"},
			{"nothing", anOwner, "POST", at, obj{}, nil, "422 /body"},
			{"white space", anOwner, "POST", at, saying(" \t\r\n\u00a0"), nil, "422 /body"},
			{"what nobody sees", anOwner, "POST", at, saying("\u200b\ufeff"), nil, "422 /body"},
			{"a control character", anOwner, "POST", at, saying("a\u0007"), nil, "422 /body"},
			{"the last byte that is allowed", anOwner, "POST", at, saying(strings.Repeat("é", 16<<10)), nil, "201"},
			{"one byte more", anOwner, "POST", at, saying(strings.Repeat("é", 16<<10) + "x"), nil, "422 /body"},
			{"another limit", anAdmin, "PATCH", "/v1/settings", obj{"limits": obj{"message_bytes": 4}}, nil, "200"},
			{"holds for messages", anOwner, "POST", at, saying("12345"), nil, "422 /body"},
			{"holds for edits", anOwner, "PATCH", at + "/1", saying("12345"), nil, "422 /body"},
			{"holds for starts", anOwner, "POST", "/v1/conversations", obj{"name": "x", "customer_user": "buyer", "message": saying("12345")}, nil, "422 /message/body"},
			{"with lines counted as they are stored", anOwner, "POST", at, saying("1\r\n\r\n2"), nil, "201"},
		})
	})
}

// Numbers run 1 to n whoever writes at once, and count, last message and updated
// time go with them.
func TestRow_1_5_numbers_run_without_gap_and_the_conversation_follows(t *testing.T) {
	onBothStacks(t, func(t *testing.T, stores []string) {
		p := serve(t, stores)
		at := p.begin("numbered")
		const each = 8
		var all sync.WaitGroup
		answers := make([]reply, 4*each)
		for i, who := range []string{anOwner, aBuyer, aManager, aChief} {
			for n := range each {
				all.Go(func() {
					r, err := p.as(who).try("POST", at+"/messages", saying("at once"))
					if err != nil || r.status != http.StatusCreated {
						t.Errorf("%s: %d, %v: %s", who, r.status, err, r.body)
						return
					}
					answers[i*each+n] = r
				})
			}
		}
		all.Wait()
		if t.Failed() {
			return
		}
		slices.SortFunc(answers, func(a, b reply) int { return int(a.field("number").(float64) - b.field("number").(float64)) })
		for i, r := range answers {
			if r.field("number") != float64(i+1) {
				t.Fatalf("the message behind %d has number %v", i, r.field("number"))
			}
		}
		last := answers[len(answers)-1]
		for _, who := range []string{anOwner, aBuyer} {
			got := p.as(who).get(at, "Parley-Min-Position", last.position())
			if got.field("message_count") != 4.0*each || got.field("updated_at") != last.field("at") ||
				got.field("last_message.id") != last.field("id") {
				t.Errorf("%s reads %s, last is %s", who, got.body, last.body)
			}
		}
	})
}

// One text form, the same wherever a message stands: what is typed is shown, and
// nothing of it can run.
func TestRow_1_5_text_is_shown_as_typed_and_the_same_everywhere(t *testing.T) {
	onStoresOfTheirOwn(t, func(t *testing.T, stores []string) {
		s := smtptest.Start(t, nil)
		p := serve(t, stores, "--smtp", s.URL())
		at := talk(p)
		const link = `<a href="https://e.example/größe" rel="nofollow noreferrer noopener" target="_blank">https://e.example/größe</a>`
		bodies := map[string]struct{ html, text string }{
			"*so* **strong** `code`": {"<p><em>so</em> <strong>strong</strong> <code>code</code></p>\n", "so strong code"},
			"one\r\ntwo\n\nthree":    {"<p>one<br>\ntwo</p>\n<p>three</p>\n", "one\ntwo\n\nthree"},
			"a <b>bold</b> &amp; <script>alert(1)</script> <img src=x onerror=alert(1)>": {
				"<p>a &lt;b&gt;bold&lt;/b&gt; &amp;amp; &lt;script&gt;alert(1)&lt;/script&gt; &lt;img src=x onerror=alert(1)&gt;</p>\n",
				"a <b>bold</b> &amp; <script>alert(1)</script> <img src=x onerror=alert(1)>",
			},
			"[x](javascript:alert(1)) ![y](https://e.example/größe)": {
				"<p>[x](javascript:alert(1)) ![y](" + link + ")</p>\n", "[x](javascript:alert(1)) ![y](https://e.example/größe)",
			},
			"# no heading\n- a list":         {"<p># no heading</p>\n<ul type=\"none\">\n<li>- a list</li>\n</ul>\n", "# no heading\n- a list"},
			"40*30*20 cm, \\\\server\\_2024": {"<p>40*30*20 cm, \\\\server\\_2024</p>\n", "40*30*20 cm, \\\\server\\_2024"},
			"> ":                             {"<p>&gt;</p>\n", ">"},
		}
		for body, want := range bodies {
			told := p.as(aBuyer).say(at, body)
			if told.field("html") != want.html || told.field("body") != strings.ReplaceAll(body, "\r\n", "\n") {
				t.Errorf("%q is shown as %q, want %q", body, told.field("html"), want.html)
			}
			since := []string{"Parley-Min-Position", told.position()}
			page, one := p.as(anOwner).get(at+"?limit=1", since...), p.as(anOwner).get(strings.TrimSuffix(at, "/messages"), since...)
			if page.field("items.0.html") != want.html || one.field("last_message.html") != want.html {
				t.Errorf("%q is shown elsewhere as %v and %v", body, page.field("items.0.html"), one.field("last_message.html"))
			}
			list := p.as(anOwner).get("/v1/conversations?limit=1", since...)
			if list.field("items.0.last_message.text") != want.text || list.field("items.0.last_message.html") != nil {
				t.Errorf("%q is %q in a list", body, list.field("items.0.last_message.text"))
			}
		}
		mails := s.Wait(t, len(bodies), startLimit)
		for _, m := range mails {
			_, page, _ := strings.Cut(strings.ReplaceAll(m.Data, "=\r\n", ""), "text/html")
			if strings.Contains(page, "<script") || strings.Contains(page, "<img") || strings.Contains(page, "javascript:alert(1)\"") {
				t.Errorf("a mail can run what was typed:\n%s", page)
			}
		}
	})
}

func TestRow_1_6_the_displayed_sender_is_not_the_author(t *testing.T) {
	onBothStacks(t, func(t *testing.T, stores []string) {
		p := serve(t, stores)
		at := p.begin("on behalf")
		from := func(kind, id string) obj { return obj{"body": "for you", "from": aPerson(kind, id)} }
		p.ask(t, []probe{
			{"a customer user names nobody else", aBuyer, "POST", at + "/messages", from("user", "user"), nil, "403"},
			{"not even of the own company", aChief, "POST", at + "/messages", from("customer_user", "buyer"), nil, "403"},
			{"nobody", anOwner, "POST", at + "/messages", from("user", "nobody"), nil, "422 /from"},
			{"the other kind's id", anOwner, "POST", at + "/messages", from("customer_user", "user"), nil, "422 /from"},
			{"no kind", anOwner, "POST", at + "/messages", from("system", "x"), nil, "422 /from/kind"},
			{"no id", anOwner, "POST", at + "/messages", obj{"body": "x", "from": obj{"kind": "user"}}, nil, "422 /from/id"},
			{"a customer user under a note", anOwner, "POST", at + "/messages", obj{"body": "x", "internal": true, "from": aPerson("customer_user", "buyer")}, nil, "422 /from"},
			{"oneself", aBuyer, "POST", at + "/messages", from("customer_user", "buyer"), nil, "201"},
		})
		said := p.as(aManager).post(at+"/messages", from("user", "user2")).want(http.StatusCreated)
		if said.field("from.id") != "user2" || said.field("author.id") != "manager" {
			t.Errorf("the manager is told %s", said.body)
		}
		since := []string{"Parley-Min-Position", said.position()}
		p.as(anOwner).get(at+"/messages", since...).shows("users see both", "items", "author.id", "buyer", "manager")
		theirs := p.as(aBuyer).get(at+"/messages", since...)
		theirs.shows("customer users see the sender", "items", "from.id", "buyer", "user2")
		if strings.Contains(string(theirs.body), "author") || strings.Contains(string(theirs.body), "manager") {
			t.Errorf("the buyer sees the author: %s", theirs.body)
		}
		p.bothJoined(t, at, since)
	})
}

// bothJoined checks that author and displayed sender take part and are contexts,
// that only the author has read, and that the history knows both.
func (p *program) bothJoined(t *testing.T, at string, since []string) {
	t.Helper()
	shown := p.as(anOwner).get(at, since...)
	cursors := map[string]string{}
	read := shown.each("participants", "read_up_to")
	for i, id := range shown.each("participants", "person.id") {
		cursors[id] = read[i]
	}
	if diff := cmp.Diff(map[string]string{"user": "0", "buyer": "1", "manager": "2", "user2": "0"}, cursors); diff != "" {
		t.Errorf("who takes part has read (-want +got):\n%s", diff)
	}
	for _, id := range []string{"manager", "user2"} {
		if !slices.Contains(shown.each("contexts", "id"), id) {
			t.Errorf("%s is no context: %s", id, shown.body)
		}
	}
	if got := p.as("user:user2").get("/v1/me/unread", since...).field("count"); got != 1.0 {
		t.Errorf("the displayed sender has %v conversations unread, want 1", got)
	}
	events := p.as(anAdmin).get(at + "/history").want(http.StatusOK).items()
	last := events[len(events)-1]
	if actor, behalf := last["actor"].(map[string]any)["id"], last["on_behalf_of"].(map[string]any)["id"]; actor != "manager" || behalf != "user2" {
		t.Errorf("the history says %v on behalf of %v", actor, behalf)
	}
}
