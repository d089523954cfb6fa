package commands_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"parley/commands"
	"parley/domain"
	"parley/domain/conversation"
	"parley/domain/eventlog"
	"parley/domain/settings"
)

func rewrite(who domain.Person, number int, body string, change ...func(*commands.EditMessage)) step {
	return func(w *world, id uuid.UUID) error {
		c := commands.EditMessage{Request: w.by(who), ID: id, Number: number, Body: body}
		for _, f := range change {
			f(&c)
		}
		_, err := commands.EditMessageHandler{Conversations: w.Conversations}.Handle(w.Context(), c)
		return err
	}
}

func redact(who domain.Person, number int) step {
	return func(w *world, id uuid.UUID) error {
		_, err := commands.RedactMessageHandler{Conversations: w.Conversations}.Handle(w.Context(),
			commands.RedactMessage{Request: w.by(who), ID: id, Number: number})
		return err
	}
}

// lately is a message of a moment ago.
func lately(m conversation.MessageAdded) conversation.MessageAdded {
	m.At = time.Now()
	return m
}

func edited(number, public int, body string) conversation.MessageEdited {
	return conversation.MessageEdited{Number: number, PublicNumber: public, Body: body, Internal: public == 0}
}

func TestEditMessage(t *testing.T) {
	t.Parallel()
	old := said(1, 1, ada, ada, "hi")
	old.At = time.Now().Add(-16 * time.Minute)
	mine, note, bobs := lately(said(1, 1, ada, ada, "hi")), lately(said(1, 0, ada, ada, "hi")), lately(said(2, 1, bob, bob, "hi"))
	newWorld(t).play(map[string]scenario{
		"the author edits":                       {given: []event{mine}, when: rewrite(ada, 1, "ho"), then: []event{edited(1, 1, "ho")}},
		"the same body changes nothing":          {given: []event{mine}, when: rewrite(ada, 1, "hi")},
		"another user does not":                  {given: []event{mine}, when: rewrite(maxi, 1, "ho"), code: domain.CodeForbidden},
		"an administrator does not":              {given: []event{mine}, when: rewrite(root, 1, "ho"), code: domain.CodeForbidden},
		"the author does not, when it is old":    {given: []event{old}, when: rewrite(ada, 1, "ho"), code: domain.CodeForbidden},
		"a number beyond the last is not found":  {given: []event{mine}, when: rewrite(ada, 2, "ho"), code: domain.CodeNotFound},
		"there is no message 0":                  {given: []event{mine}, when: rewrite(ada, 0, "ho"), code: domain.CodeNotFound},
		"who does not see it does not find it":   {given: []event{mine}, when: rewrite(olga, 1, "ho"), code: domain.CodeNotFound},
		"a customer user counts without notes":   {given: []event{note, bobs}, when: rewrite(bob, 1, "ho"), then: []event{edited(2, 1, "ho")}},
		"a note does not exist for a customer":   {given: []event{note, bobs}, when: rewrite(bob, 2, "ho"), code: domain.CodeNotFound},
		"a user counts with notes":               {given: []event{note, bobs}, when: rewrite(ada, 1, "ho"), then: []event{edited(1, 0, "ho")}},
		"a blank body is invalid":                {given: []event{mine}, when: rewrite(ada, 1, " "), code: domain.CodeInvalid, wrong: []string{"/body"}},
		"a body above the limit is invalid":      {given: []event{mine}, when: rewrite(ada, 1, string(make([]byte, 101))), code: domain.CodeInvalid, wrong: []string{"/body"}},
		"a closed conversation refuses":          {given: []event{mine, conversation.Closed{}}, when: rewrite(ada, 1, "ho"), code: domain.CodeConversationClosed},
		"a redacted message refuses":             {given: []event{mine, conversation.MessageRedacted{Number: 1, PublicNumber: 1}}, when: rewrite(ada, 1, "ho"), code: domain.CodeConflict},
		"the displayed sender is not the author": {given: []event{lately(said(1, 1, ada, bob, "hi"))}, when: rewrite(bob, 1, "ho"), code: domain.CodeForbidden},
		"who may no longer write may not rewrite": {
			given: append(welcomed(eve), lately(said(1, 1, eve, eve, "hi")), conversation.ParticipantLeft{Person: eve}),
			when:  rewrite(eve, 1, "ho"), code: domain.CodeForbidden,
		},
		"another revision is refused before the state": {
			given: []event{mine, conversation.Closed{}}, code: domain.CodePreconditionFailed,
			when: rewrite(ada, 1, "ho", func(c *commands.EditMessage) {
				c.IfMatch = &commands.IfMatch{Revisions: []eventlog.Revision{1}}
			}),
		},
	})
}

func TestEditMessage_minds_the_configured_window(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.set(settings.Change{Limits: settings.LimitsChange{EditWindow: new(int64(2 * 60 * 60))}})
	m := said(1, 1, ada, ada, "hi")
	m.At = time.Now().Add(-time.Hour)
	if err := rewrite(ada, 1, "ho")(w, w.given(m)); err != nil {
		t.Errorf("within the window: %v", err)
	}
	w.set(settings.Change{Limits: settings.LimitsChange{EditWindow: new(int64(0))}})
	wantCode(t, rewrite(ada, 1, "ho")(w, w.given(lately(m))), domain.CodeForbidden)
}

func TestRedactMessage(t *testing.T) {
	t.Parallel()
	old, gone := said(1, 1, ada, ada, "hi"), conversation.MessageRedacted{Number: 1, PublicNumber: 1}
	newWorld(t).play(map[string]scenario{
		"an administrator redacts what is old": {given: []event{old}, when: redact(root, 1), then: []event{gone}},
		"also in a closed conversation":        {given: []event{old, conversation.Closed{}}, when: redact(root, 1), then: []event{gone}},
		"again changes nothing":                {given: []event{old, gone}, when: redact(root, 1)},
		"a note": {
			given: []event{said(1, 0, ada, ada, "hi")}, when: redact(root, 1),
			then: []event{conversation.MessageRedacted{Number: 1, Internal: true}},
		},
		"nobody else does":                     {given: []event{lately(old)}, when: redact(ada, 1), code: domain.CodeForbidden},
		"who does not see it does not find it": {given: []event{old}, when: redact(olga, 1), code: domain.CodeNotFound},
		"what is not there is not found":       {given: []event{old}, when: redact(root, 2), code: domain.CodeNotFound},
	})
}

// A repetition shows what the message has become: never a redacted body.
func TestMessages_are_repeated_as_they_stand(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.given()
	add := commands.AddMessage{Request: w.keyed(ada, "add"), ID: id, Body: "first"}
	edit := commands.EditMessage{Request: w.keyed(ada, "edit"), ID: id, Number: 1, Body: "second"}
	added := func() (commands.MessageAnswer, error) {
		return commands.AddMessageHandler{Conversations: w.Conversations}.Handle(t.Context(), add)
	}
	changed := func() (commands.MessageAnswer, error) {
		return commands.EditMessageHandler{Conversations: w.Conversations}.Handle(t.Context(), edit)
	}
	want := func(name, body string, redacted bool, ask func() (commands.MessageAnswer, error)) {
		t.Helper()
		a, err := ask()
		if err != nil || a.Body != body || a.Redacted != redacted || a.Number != 1 || (a.EditedAt != nil) != (body == "second") {
			t.Errorf("%s: %+v, error %v", name, a, err)
		}
	}
	want("the message", "first", false, added)
	want("its edit", "second", false, changed)
	if err := say(bob)(w, id); err != nil {
		t.Fatal(err)
	}
	want("the message again", "second", false, added)
	if err := redact(root, 1)(w, id); err != nil {
		t.Fatal(err)
	}
	want("the message after its redaction", "", true, added)
	want("its edit after its redaction", "", true, changed)
}

func TestEdits_at_once_leave_one_after_the_other(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.given(lately(said(1, 1, ada, ada, "hi")))
	var writers sync.WaitGroup
	for i := range 32 {
		writers.Go(func() {
			err := rewrite(ada, 1, fmt.Sprint("body ", i))(w, id)
			if i%4 == 0 {
				err = say(bob)(w, id)
			}
			if err != nil {
				t.Error(err)
			}
		})
	}
	writers.Wait()
	checkGapFree(t, w.log, id, 9)
	count := 0
	for _, e := range w.events(id) {
		if c, ok := e.(conversation.MessageEdited); ok {
			count++
			if c.Number != 1 {
				t.Errorf("an edit is of message %d", c.Number)
			}
		}
	}
	if count != 32 {
		t.Errorf("%d edits are stored, want 32", count)
	}
}

// Another instance redacts a message while this one knows nothing of it yet: the
// edit loses, since it is decided again on what is stored.
func TestEdits_never_follow_a_redaction_of_another_instance(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.given(lately(said(1, 1, ada, ada, "secret")), said(2, 2, bob, bob, "hi"))
	other := *w
	other.Repository = newDeafInstance(w.log).Repository
	if err := rewrite(ada, 1, "first edit")(&other, id); err != nil { // so that it knows the state of now
		t.Fatal(err)
	}
	if err := redact(root, 1)(w, id); err != nil {
		t.Fatal(err)
	}
	wantCode(t, rewrite(ada, 1, "secret again")(&other, id), domain.CodeConflict)
	if err := redact(root, 1)(&other, id); err != nil {
		t.Errorf("redacting again: %v", err)
	}
	events := w.events(id)
	if last, is := events[len(events)-1].(conversation.MessageRedacted); !is {
		t.Errorf("the last event is %T %+v", events[len(events)-1], last)
	}
}
