package main_test

import (
	"maps"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestRow_1_12_messages_are_edited_and_redacted(t *testing.T) {
	onBothStacks(t, func(t *testing.T, stores []string) {
		p := serve(t, stores)
		at := p.beginAs(anOwner, obj{"name": "edited", "customer_user": "buyer", "message": saying("first")})
		owner, buyer, admin := p.as(anOwner), p.as(aBuyer), p.as(anAdmin)
		owner.post(at+"/messages", noting("a note")).want(http.StatusCreated)
		buyer.post(at+"/messages", saying("second")).want(http.StatusCreated)

		edited := buyer.send(http.MethodPatch, at+"/messages/2", saying("*second*, corrected")).want(http.StatusOK)
		if edited.field("number") != 2.0 || edited.field("edited_at") == nil || edited.field("redacted") != false ||
			!strings.Contains(edited.field("html").(string), "<em>second</em>") {
			t.Errorf("the buyer is told %s", edited.body)
		}
		for who, number := range map[string]int{anOwner: 3, aBuyer: 2} {
			p.standsAs(t, who, at, number, edited.position(), "*second*, corrected", false)
		}
		gone := admin.send(http.MethodDelete, at+"/messages/3", nil).want(http.StatusNoContent)
		for who, number := range map[string]int{anOwner: 3, aBuyer: 2} {
			p.standsAs(t, who, at, number, gone.position(), "", true)
		}
		p.ask(t, []probe{
			{"redacting again is nothing", anAdmin, "DELETE", at + "/messages/3", nil, nil, "204"},
			{"a redacted message is not edited", aBuyer, "PATCH", at + "/messages/2", saying("again"), nil, "409 conflict"},
			{"another's message is not edited", anAdmin, "PATCH", at + "/messages/1", saying("x"), nil, "403"},
			{"another's message is not edited by the customer user", aBuyer, "PATCH", at + "/messages/1", saying("x"), nil, "403"},
			{"nobody but administrators redacts", anOwner, "DELETE", at + "/messages/1", nil, nil, "403"},
			{"a note is not there for the customer user", aBuyer, "PATCH", at + "/messages/3", saying("x"), nil, "404"},
			{"no number", anOwner, "PATCH", at + "/messages/one", saying("x"), nil, "404"},
			{"another form of a number", anOwner, "PATCH", at + "/messages/01", saying("x"), nil, "404"},
			{"a number beyond the last", anAdmin, "DELETE", at + "/messages/4", nil, nil, "404"},
			{"another's conversation", aForeigner, "PATCH", at + "/messages/1", saying("x"), nil, "404"},
			{"a blank body", anOwner, "PATCH", at + "/messages/1", saying(" \n"), nil, "422 /body"},
			{"another revision", anOwner, "PATCH", at + "/messages/1", saying("x"), []string{"If-Match", `"0"`}, "412"},
			{"closing", anOwner, "POST", at + "/close", nil, nil, "200"},
			{"a closed conversation is not edited", anOwner, "PATCH", at + "/messages/1", saying("x"), nil, "409 conversation_closed"},
			{"but redacted", anAdmin, "DELETE", at + "/messages/1", nil, nil, "204"},
		})
		p.keptInHistory(t, at, "second", "*second*, corrected")
	})
}

// standsAs checks the last message in every place that shows it.
func (p *program) standsAs(t *testing.T, who, at string, number int, position, body string, redacted bool) {
	t.Helper()
	caller, since := p.as(who), []string{"Parley-Min-Position", position}
	message := caller.get(at+"/messages", since...)
	shown := message.items()[len(message.items())-1]
	if shown["number"] != float64(number) || shown["body"] != body || shown["redacted"] != redacted || (shown["edited_at"] == nil) != redacted {
		t.Errorf("%s reads the message as %v", who, shown)
	}
	if redacted && shown["html"] != "" {
		t.Errorf("%s reads the redacted message's html as %v", who, shown["html"])
	}
	text := strings.ReplaceAll(body, "*", "")
	listed := maps.Clone(shown)
	delete(listed, "html")
	listed["text"] = text
	for _, list := range []string{"/v1/conversations", "/v1/me/conversations", "/v1/records/customer_user/buyer/activities"} {
		for _, c := range caller.get(list, since...).items() {
			if c["id"] == idAt(at) {
				if diff := cmp.Diff(any(listed), c["last_message"]); diff != "" {
					t.Errorf("%s reads another last message in %s:\n%s", who, list, diff)
				}
			}
		}
	}
	if diff := cmp.Diff(any(shown), caller.get(at, since...).field("last_message")); diff != "" {
		t.Errorf("%s reads another last message:\n%s", who, diff)
	}
	for _, line := range caller.get("/v1/me/unread", since...).items() {
		if line["conversation"] == idAt(at) && line["snippet"] != text {
			t.Errorf("%s's indicator says %v, want %q", who, line["snippet"], text)
		}
	}
}

func TestRow_1_12_the_search_finds_what_messages_say_now(t *testing.T) {
	onBothStacks(t, func(t *testing.T, stores []string) {
		p := serve(t, stores)
		at := p.beginAs(anOwner, obj{"name": "searched", "customer_user": "buyer", "message": saying("aardvark")})
		other := p.as(anOwner).post(at+"/messages", saying("badger")).want(http.StatusCreated)
		found := func(word, position string, want int) {
			t.Helper()
			for _, who := range []string{anOwner, aBuyer} {
				r := p.as(who).get("/v1/search?q="+word, "Parley-Min-Position", position).want(http.StatusOK)
				if got := len(r.items()); got != want {
					t.Errorf("%s finds %s in %d conversations, want %d: %s", who, word, got, want, r.body)
				}
			}
		}
		found("aardvark", other.position(), 1)
		edited := p.as(anOwner).send(http.MethodPatch, at+"/messages/1", saying("a crocodile")).want(http.StatusOK)
		found("aardvark", edited.position(), 0)
		found("crocodile", edited.position(), 1)
		gone := p.as(anAdmin).send(http.MethodDelete, at+"/messages/2", nil).want(http.StatusNoContent)
		found("badger", gone.position(), 0)
	})
}

// keptInHistory checks that administrators still find what was once said.
func (p *program) keptInHistory(t *testing.T, at string, bodies ...string) {
	t.Helper()
	types, said := map[any]int{}, map[any]bool{}
	for _, e := range p.as(anAdmin).get(at + "/history").want(http.StatusOK).items() {
		types[e["type"]]++
		said[e["data"].(map[string]any)["body"]] = true
	}
	for _, body := range bodies {
		if !said[body] {
			t.Errorf("the history has lost %q", body)
		}
	}
	if types["conversation.message-edited.v1"] != 1 || types["conversation.message-redacted.v1"] != 2 {
		t.Errorf("the history holds %v", types)
	}
}

// An edit or a redaction gives nobody more to read, and leaves lists in order.
func TestRow_1_12_edits_move_neither_lists_nor_unread_counts(t *testing.T) {
	onBothStacks(t, func(t *testing.T, stores []string) {
		p := serve(t, stores)
		older := p.beginAs(anOwner, obj{"source": aRecord("order", "1001"), "message": saying("older")})
		newer := p.beginAs(anOwner, obj{"source": aRecord("order", "1001"), "message": saying("newer")})
		read := p.as(aBuyer).post(older+"/read", obj{"up_to": 1}).want(http.StatusNoContent)
		lists := func(position string) map[string]string {
			seen := map[string]string{}
			for _, who := range []string{anOwner, aBuyer} {
				for _, path := range []string{"/v1/conversations", "/v1/me/conversations", "/v1/records/order/1001/activities"} {
					r := p.as(who).get(path, "Parley-Min-Position", position).want(http.StatusOK)
					for _, field := range []string{"id", "unread", "updated_at", "message_count"} {
						seen[who+" "+path+" "+field] = strings.Join(r.each("items", field), " ")
					}
				}
				seen[who] = string(p.as(who).get("/v1/me/unread", "Parley-Min-Position", position).want(http.StatusOK).body)
			}
			return seen
		}
		before := lists(read.position())
		p.as(anOwner).send(http.MethodPatch, older+"/messages/1", saying("older, edited")).want(http.StatusOK)
		gone := p.as(anAdmin).send(http.MethodDelete, older+"/messages/1", nil).want(http.StatusNoContent)
		if diff := cmp.Diff(before, lists(gone.position())); diff != "" {
			t.Errorf("lists moved (-before +after):\n%s", diff)
		}
		tag := p.as(anOwner).get(newer, "Parley-Min-Position", gone.position()).header.Get("ETag")
		p.ask(t, []probe{
			{"with its revision", anOwner, "PATCH", newer + "/messages/1", saying("edited"), []string{"If-Match", tag}, "200"},
			{"which it moves", anOwner, "PATCH", newer + "/messages/1", saying("again"), []string{"If-Match", tag}, "412"},
		})
	})
}

func TestRow_1_12_edited_notes_leave_no_trace(t *testing.T) {
	onBothStacks(t, func(t *testing.T, stores []string) {
		p := serve(t, stores)
		noted := p.beginAs(anOwner, obj{"source": aRecord("order", "1001"), "message": saying("public one")})
		last := p.beginAs(anOwner, obj{"name": "a note", "customer_user": "buyer", "message": noting("secret")})
		note := p.as(anOwner).post(noted+"/messages", noting("secret")).want(http.StatusCreated)
		before := p.seenByCustomers(noted, last, note.position())
		p.as(anOwner).send(http.MethodPatch, noted+"/messages/2", saying("secret, edited")).want(http.StatusOK)
		p.as(anOwner).send(http.MethodPatch, last+"/messages/1", saying("secret, edited")).want(http.StatusOK)
		gone := p.as(anAdmin).send(http.MethodDelete, noted+"/messages/2", nil).want(http.StatusNoContent)
		if diff := cmp.Diff(before, p.seenByCustomers(noted, last, gone.position())); diff != "" {
			t.Errorf("customer users see that notes were edited (-before +after):\n%s", diff)
		}
	})
}

func TestRow_1_12_edits_are_repeated_by_their_key(t *testing.T) {
	onBothStacks(t, func(t *testing.T, stores []string) {
		p := serve(t, stores)
		at := p.beginAs(anOwner, obj{"name": "keyed", "customer_user": "buyer", "message": saying("first")}) + "/messages"
		key := func(k string) []string { return []string{"Idempotency-Key", k} }
		owner, admin := p.as(anOwner), p.as(anAdmin)
		added := owner.post(at, saying("once"), key("add")...).want(http.StatusCreated)
		edited := owner.send(http.MethodPatch, at+"/2", saying("twice"), key("edit")...).want(http.StatusOK)
		owner.post(at, saying("later")).want(http.StatusCreated)
		again := owner.send(http.MethodPatch, at+"/2", saying("twice"), key("edit")...).want(http.StatusOK)
		if string(again.body) != string(edited.body) || again.position() != edited.position() {
			t.Errorf("the edit is repeated as %s", again.body)
		}
		gone := admin.send(http.MethodDelete, at+"/2", nil, key("redact")...).want(http.StatusNoContent)
		if again := admin.send(http.MethodDelete, at+"/2", nil, key("redact")...).want(http.StatusNoContent); again.position() != gone.position() {
			t.Errorf("the redaction is repeated at %s, not at %s", again.position(), gone.position())
		}
		for _, r := range []reply{
			owner.post(at, saying("once"), key("add")...).want(http.StatusCreated),
			owner.send(http.MethodPatch, at+"/2", saying("twice"), key("edit")...).want(http.StatusOK),
		} {
			if r.field("id") != added.field("id") || r.field("body") != "" || r.field("redacted") != true {
				t.Errorf("a repetition shows what was redacted: %s", r.body)
			}
		}
		p.ask(t, []probe{{"another body", anOwner, "PATCH", at + "/2", saying("thrice"), key("edit"), "422 Idempotency-Key"}})
	})
}

// What was edited and redacted is the same again when read models are rebuilt.
func TestRow_1_12_rebuilding_keeps_edits_and_redactions(t *testing.T) {
	onBothStacks(t, func(t *testing.T, stores []string) {
		p := serve(t, stores)
		at := p.beginAs(anOwner, obj{"name": "rebuilt", "customer_user": "buyer", "message": saying("first")}) + "/messages"
		p.as(anOwner).post(at, saying("second")).want(http.StatusCreated)
		p.as(anOwner).send(http.MethodPatch, at+"/1", saying("edited")).want(http.StatusOK)
		p.as(anAdmin).send(http.MethodDelete, at+"/2", nil).want(http.StatusNoContent)
		p.settled()
		p.terminate()
		before := rowsOf(t, stores)
		for _, m := range readModels {
			if code, _, stderr := runProgram(t, nil, append([]string{"rebuild", m.Name}, stores...)...); code != 0 {
				t.Fatalf("rebuild %s: %s", m.Name, stderr)
			}
		}
		if diff := cmp.Diff(before, rowsOf(t, stores)); diff != "" {
			t.Errorf("rebuilt rows differ (-before +after):\n%s", diff)
		}
	})
}

func TestRow_1_12_the_edit_window_is_a_setting(t *testing.T) {
	onBothStacks(t, func(t *testing.T, stores []string) {
		p := serve(t, stores)
		at := p.beginAs(anOwner, obj{"name": "late", "customer_user": "buyer", "message": saying("first")}) + "/messages/1"
		window := func(seconds int) probe {
			return probe{"the window", anAdmin, "PATCH", "/v1/settings", obj{"limits": obj{"edit_window_seconds": seconds}}, nil, "200"}
		}
		p.ask(t, []probe{
			window(0),
			{"nobody edits without a window", anOwner, "PATCH", at, saying("second"), nil, "403"},
			window(600),
			{"the author edits within it", anOwner, "PATCH", at, saying("second"), nil, "200"},
		})
	})
}

// Whoever sees the message asks again when it changes; of a note customer users
// learn nothing.
func TestRow_1_12_screens_are_told_of_edits_and_redactions(t *testing.T) {
	onBothStacks(t, func(t *testing.T, stores []string) {
		p := serve(t, stores)
		owner, buyer, admin := p.as(anOwner), p.as(aBuyer), p.as(anAdmin)
		at := p.beginAs(anOwner, obj{"name": "live", "customer_user": "buyer", "message": saying("first")})
		note := owner.post(at+"/messages", noting("a note")).want(http.StatusCreated)
		p.settled()
		buyer.get(at+"/messages", "Parley-Min-Position", note.position()).want(http.StatusOK)
		theirs, _ := buyer.live(note.position())
		ours, _ := owner.live(note.position())
		noted := owner.send(http.MethodPatch, at+"/messages/2", saying("another note")).want(http.StatusOK)
		edited := owner.send(http.MethodPatch, at+"/messages/1", saying("second")).want(http.StatusOK)
		gone := admin.send(http.MethodDelete, at+"/messages/1", nil).want(http.StatusNoContent)
		told := map[*stream]map[string]bool{theirs: {}, ours: {}}
		for s, positions := range told {
			for position := ""; position != gone.position(); {
				_, h := s.until("conversation", idAt(at))
				position = strconv.FormatUint(h.Position, 10)
				positions[position] = true
			}
		}
		// A hint may stand for those before it, but never for a note alone.
		if told[theirs][noted.position()] {
			t.Errorf("the buyer was told of the note at %s: %v", noted.position(), told[theirs])
		}
		if !told[theirs][edited.position()] && !told[theirs][gone.position()] || !told[ours][gone.position()] {
			t.Errorf("told %v and %v", told[theirs], told[ours])
		}
		if got := buyer.get(at + "/messages").items()[0]; got["redacted"] != true {
			t.Errorf("after the hint the buyer reads %v", got)
		}
	})
}
