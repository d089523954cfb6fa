package commands_test

import (
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"parley/commands"
	"parley/domain"
	"parley/domain/conversation"
	"parley/domain/eventlog"
)

func TestAddMessage(t *testing.T) {
	t.Parallel()
	from := func(p domain.Person) func(*commands.AddMessage) { return func(c *commands.AddMessage) { c.From = &p } }
	internal := func(yes bool) func(*commands.AddMessage) { return func(c *commands.AddMessage) { c.Internal = &yes } }
	body := func(b string) func(*commands.AddMessage) { return func(c *commands.AddMessage) { c.Body = b } }
	shape := func(p string) func(*commands.AddMessage) {
		return func(c *commands.AddMessage) { c.Shape = []domain.FieldError{{Pointer: p, Detail: "is unknown"}} }
	}
	newWorld(t).play(map[string]scenario{
		"a participant writes":                         {when: say(bob), then: []event{said(1, 1, bob, bob, "hi")}},
		"who may edit writes and joins":                {when: say(maxi), then: append(welcomed(maxi), said(1, 1, maxi, maxi, "hi"))},
		"a customer administrator writes and joins":    {when: say(boss), then: append(welcomed(boss), said(1, 1, boss, boss, "hi"))},
		"a user who only sees it may not write":        {when: say(eve), code: domain.CodeForbidden},
		"a buyer who does not see it does not find it": {when: say(olga), code: domain.CodeNotFound},
		"a user shows another sender, who joins": {
			when: say(ada, from(olga)), then: append(welcomed(olga), said(1, 1, ada, olga, "hi")),
		},
		"a customer user shows no other sender":        {when: say(bob, from(ada)), code: domain.CodeForbidden},
		"a customer user may name oneself":             {when: say(bob, from(bob)), then: []event{said(1, 1, bob, bob, "hi")}},
		"an unknown sender is invalid":                 {when: say(ada, from(domain.User("nobody"))), code: domain.CodeInvalid, wrong: []string{"/from"}},
		"a disabled sender is invalid":                 {when: say(ada, from(gone)), code: domain.CodeInvalid, wrong: []string{"/from"}},
		"a user writes an internal note":               {when: say(ada, internal(true)), then: []event{said(1, 0, ada, ada, "hi")}},
		"a customer user may not say internal":         {when: say(bob, internal(false)), code: domain.CodeForbidden},
		"a note is never shown as a customer user's":   {when: say(ada, internal(true), from(bob)), code: domain.CodeInvalid, wrong: []string{"/from"}},
		"a body above the configured limit is invalid": {when: say(ada, body(string(make([]byte, 101)))), code: domain.CodeInvalid, wrong: []string{"/body"}},
		"what is wrong with shape and rules is said at once": {
			when: say(ada, body(" "), from(gone), shape("/colour")), code: domain.CodeInvalid, wrong: []string{"/colour", "/body", "/from"},
		},
		"of one place only the first is said": {
			when: say(ada, body(""), shape("/body")), code: domain.CodeInvalid, wrong: []string{"/body"},
		},
		"a closed conversation refuses messages": {
			given: []event{conversation.Closed{}}, when: say(ada), code: domain.CodeConversationClosed,
		},
		"who left and only sees it may not write": {
			given: append(welcomed(eve), conversation.ParticipantLeft{Person: eve}), when: say(eve), code: domain.CodeForbidden,
		},
	})
}

func TestAddMessage_answers_with_the_message_as_the_author_sees_it(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.given(said(1, 0, ada, ada, "note"))
	h := commands.AddMessageHandler{Conversations: w.Conversations}
	a, err := h.Handle(t.Context(), commands.AddMessage{Request: w.by(bob), ID: id, Body: "hi"})
	if err != nil {
		t.Fatal(err)
	}
	if a.Number != 1 || a.Author != nil || a.From.Name != "Name of bob" || a.Position == 0 {
		t.Errorf("bob sees %+v, want public number 1, his name, no author, a position", a)
	}
	a, err = h.Handle(t.Context(), commands.AddMessage{Request: w.by(ada), ID: id, Body: "hi", From: &bob})
	if err != nil {
		t.Fatal(err)
	}
	if a.Number != 3 || a.Author == nil || a.Author.Person != ada || a.From.Person != bob {
		t.Errorf("ada sees %+v, want number 3, herself as the author, bob as the sender", a)
	}
}

func TestAddMessage_repeats_its_first_answer_whatever_happened_since(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.given()
	ask := commands.AddMessage{Request: w.keyed(bob, "k"), ID: id, Body: "hi"}
	h := commands.AddMessageHandler{Conversations: w.Conversations}
	first, err := h.Handle(t.Context(), ask)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []step{say(ada), shut(ada, ""), discard(root)} {
		if err := s(w, id); err != nil {
			t.Fatal(err)
		}
	}
	again, err := h.Handle(t.Context(), ask)
	if diff := cmp.Diff(first, again); diff != "" || err != nil {
		t.Errorf("again, error %v (-first +again):\n%s", err, diff)
	}
}

func TestAddMessage_records_on_whose_behalf(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.given()
	if err := say(ada, func(c *commands.AddMessage) { c.From = &bob })(w, id); err != nil {
		t.Fatal(err)
	}
	if m := w.lastMeta(id); m.Actor != ada || m.OnBehalfOf == nil || *m.OnBehalfOf != bob {
		t.Errorf("metadata says %+v, want actor ada on behalf of bob", m)
	}
	if err := say(ada)(w, id); err != nil {
		t.Fatal(err)
	}
	if m := w.lastMeta(id); m.OnBehalfOf != nil {
		t.Errorf("metadata says on behalf of %v for one's own message", m.OnBehalfOf)
	}
}

func TestRefusals_come_in_the_order_of_the_contract(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.given(conversation.Closed{})
	stale := &commands.IfMatch{Revisions: []eventlog.Revision{999}}
	ask := func(req commands.Request, body string, m *commands.IfMatch, id uuid.UUID) error {
		req.IfMatch = m
		_, err := commands.AddMessageHandler{Conversations: w.Conversations}.Handle(t.Context(), commands.AddMessage{Request: req, ID: id, Body: body})
		return err
	}
	for _, c := range []struct {
		name string
		err  error
		code domain.Code
	}{
		{"unknown before everything", ask(w.by(ada), " ", stale, uuid.New()), domain.CodeNotFound},
		{"invisible before everything", ask(w.by(olga), " ", stale, id), domain.CodeNotFound},
		{"another organization before everything", ask(w.stranger(), " ", stale, id), domain.CodeNotFound},
		{"forbidden before invalid", ask(w.by(eve), " ", stale, id), domain.CodeForbidden},
		{"invalid before the precondition", ask(w.by(ada), " ", stale, id), domain.CodeInvalid},
		{"the precondition before the state", ask(w.by(ada), "hi", stale, id), domain.CodePreconditionFailed},
		{"the state at last", ask(w.by(ada), "hi", &commands.IfMatch{Any: true}, id), domain.CodeConversationClosed},
	} {
		if got := domain.CodeOf(c.err); got != c.code {
			t.Errorf("%s: refused with %q (%v), want %q", c.name, got, c.err, c.code)
		}
	}
}

func TestAddMessage_takes_every_one_of_many_at_once(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.given()
	var writers sync.WaitGroup
	for i := range 64 {
		who := []domain.Person{ada, bob, root, boss}[i%4]
		req := w.by(who)
		writers.Go(func() {
			_, err := commands.AddMessageHandler{Conversations: w.Conversations}.Handle(t.Context(),
				commands.AddMessage{Request: req, ID: id, Body: "hi"})
			if err != nil {
				t.Errorf("%s: %v", who, err)
			}
		})
	}
	writers.Wait()
	checkGapFree(t, w.log, id, 64)
}
