package commands_test

import (
	"errors"
	"testing"

	"parley/adapters/markup"
	"parley/commands"
	"parley/domain"
	"parley/domain/conversation"
	"parley/domain/directory"
	"parley/domain/settings"
)

func mentioning(m conversation.MessageAdded, body string, people ...domain.Person) conversation.MessageAdded {
	m.Body, m.Mentions = body, people
	return m
}

func TestMentions_are_of_those_who_may_view(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.Mentions = markup.Mentions
	w.set(settings.Change{Limits: settings.LimitsChange{MessageBytes: new(int64(1000))}})
	body := func(b string) func(*commands.AddMessage) { return func(c *commands.AddMessage) { c.Body = b } }
	internal := func(c *commands.AddMessage) { c.Internal = new(true) }
	shown := func(c *commands.AddMessage) { c.From = &bob }
	const all = "@user:eve @customer_user:bob @customer_user:olga @user:gone @user:nobody @customer_user:boss @user:max"
	w.play(map[string]scenario{
		"a user mentions who views, and joins nobody": {
			when: say(ada, body(all)), then: []event{mentioning(said(1, 1, ada, ada, ""), all, eve, bob, boss, maxi)},
		},
		"a customer user only whom they may view": {
			when: say(bob, body(all+" @user:ada")), then: []event{mentioning(said(1, 1, bob, bob, ""), all+" @user:ada", bob, ada)},
		},
		"a note mentions no customer user": {
			when: say(ada, body(all), internal), then: []event{mentioning(said(1, 0, ada, ada, ""), all, eve, maxi)},
		},
		"by the author's view, not the displayed sender's": {
			when: say(ada, body("@user:eve"), shown), then: []event{mentioning(said(1, 1, ada, bob, ""), "@user:eve", eve)},
		},
		"an edit tells apart whom the message mentioned": {
			given: []event{lately(mentioning(said(1, 1, ada, ada, ""), "@user:eve", eve))},
			when:  rewrite(ada, 1, "@user:eve @user:max @customer_user:olga"),
			then: []event{conversation.MessageEdited{
				Number: 1, PublicNumber: 1, Body: "@user:eve @user:max @customer_user:olga",
				Mentions: []domain.Person{maxi}, Mentioned: []domain.Person{eve},
			}},
		},
		"an edit knows whom any version mentioned": {
			given: []event{
				lately(mentioning(said(1, 1, ada, ada, ""), "@user:eve", eve)),
				conversation.MessageEdited{Number: 1, PublicNumber: 1, Body: "nobody", Mentioned: []domain.Person{eve}},
				said(2, 2, bob, bob, "hi"),
			},
			when: rewrite(ada, 1, "@user:eve again"),
			then: []event{conversation.MessageEdited{Number: 1, PublicNumber: 1, Body: "@user:eve again", Mentioned: []domain.Person{eve}}},
		},
		"an edited note mentions no customer user": {
			given: []event{lately(said(1, 0, ada, ada, "note"))}, when: rewrite(ada, 1, "@customer_user:bob @user:max"),
			then: []event{conversation.MessageEdited{Number: 1, Body: "@customer_user:bob @user:max", Internal: true, Mentions: []domain.Person{maxi}}},
		},
	})
}

func TestMentions_of_a_note_are_of_those_who_may_see_notes(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.Mentions = markup.Mentions
	w.remirror(directory.PersonMirrored{Kind: domain.KindUser, ID: "eve", Name: "Eve", Enabled: true})
	body := func(c *commands.AddMessage) { c.Body = "@user:eve" }
	internal := func(c *commands.AddMessage) { c.Internal = new(true) }
	w.play(map[string]scenario{
		"a message": {given: welcomed(eve), when: say(ada, body), then: []event{mentioning(said(1, 1, ada, ada, ""), "@user:eve", eve)}},
		"a note":    {given: welcomed(eve), when: say(ada, body, internal), then: []event{mentioning(said(1, 0, ada, ada, ""), "@user:eve")}},
	})
}

func TestMentions_of_a_first_message_are_of_those_who_will_view_it(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.Mentions = markup.Mentions
	started, err := commands.StartConversationHandler{Conversations: w.Conversations}.Handle(t.Context(), commands.StartConversation{
		Request: w.by(bob), Source: &bobsOrder, Message: &commands.FirstMessage{Body: "@user:ada @customer_user:olga @customer_user:boss"},
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range w.events(started.ID) {
		if m, is := e.(conversation.MessageAdded); is {
			sameEvents(t, []event{mentioning(said(1, 1, bob, bob, ""), m.Body, ada)}, []event{m})
		}
	}
	started, err = commands.StartConversationHandler{Conversations: w.Conversations}.Handle(t.Context(), commands.StartConversation{
		Request: w.by(ada), Source: &bobsOrder, Message: &commands.FirstMessage{Body: "@customer_user:bob @customer_user:olga @customer_user:boss"},
	})
	if err != nil {
		t.Fatal(err)
	}
	events := w.events(started.ID)
	sameEvents(t, []event{mentioning(said(1, 1, ada, ada, ""), "@customer_user:bob @customer_user:olga @customer_user:boss", bob, boss)}, events[len(events)-1:])
}

// A start that is repeated by who may no longer see the conversation shows it as
// it was started, but nothing that was redacted since.
func TestStartConversation_repeats_no_redacted_message(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ask := commands.StartConversation{
		Request: w.keyed(bob, "k"), Source: &bobsOrder, Message: &commands.FirstMessage{Body: "secret"},
	}
	start := func() commands.ConversationAnswer {
		t.Helper()
		a, err := commands.StartConversationHandler{Conversations: w.Conversations}.Handle(t.Context(), ask)
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	first := start()
	if first.LastMessage.Body != "secret" {
		t.Fatalf("the start shows %+v", first.LastMessage)
	}
	err := errors.Join(
		redact(root, 1)(w, first.ID), say(ada)(w, first.ID),
		update(root, func(c *commands.UpdateConversation) { c.CustomerUser = &olga.ID })(w, first.ID),
	)
	if err != nil {
		t.Fatal(err)
	}
	again := start()
	if m := again.LastMessage; m.Body != "" || !m.Redacted || m.Number != 1 || again.CustomerUser.Person != bob {
		t.Errorf("again the start shows %+v", m)
	}
}
