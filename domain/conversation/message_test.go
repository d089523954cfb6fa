package conversation_test

import (
	"testing"

	"parley/domain"
	"parley/domain/access"
	"parley/domain/conversation"
)

func say(m conversation.NewMessage) func(*state) ([]event, error) {
	if m.From.IsZero() {
		m.From = m.Author
	}
	return func(c *state) ([]event, error) { return c.AddMessage(m, access.Workflow{}, now) }
}

func message(number, public int, author, from domain.Person) conversation.MessageAdded {
	return conversation.MessageAdded{
		Number: number, PublicNumber: public, Body: "hi", From: from, Author: author, Internal: public == 0, At: now,
	}
}

func TestAddMessage(t *testing.T) {
	t.Parallel()
	closed := conversation.Closed{At: then}
	run(t, map[string]scenario{
		"a participant's message takes the next number": {
			given: started(message(1, 1, ada, ada)),
			when:  say(conversation.NewMessage{Author: bob, Body: "hi"}),
			then:  []event{message(2, 2, bob, bob)},
		},
		"an internal note takes no public number": {
			given: started(message(1, 1, ada, ada)),
			when:  say(conversation.NewMessage{Author: ada, Body: "hi", Internal: true}),
			then:  []event{message(2, 0, ada, ada)},
		},
		"the public number goes on after an internal note": {
			given: started(message(1, 1, ada, ada), message(2, 0, ada, ada)),
			when:  say(conversation.NewMessage{Author: bob, Body: "hi"}),
			then:  []event{message(3, 2, bob, bob)},
		},
		"author and displayed sender both join and become contexts": {
			given: started(),
			when:  say(conversation.NewMessage{Author: eve, From: carl, Body: "hi"}),
			then: []event{
				conversation.ParticipantJoined{Person: eve, At: now},
				conversation.ContextAttached{Context: domain.PersonRecord(eve), At: now},
				conversation.ParticipantJoined{Person: carl, At: now},
				conversation.ContextAttached{Context: domain.PersonRecord(carl), At: now},
				message(1, 1, eve, carl),
			},
		},
		"a removed context does not come back with the person": {
			given: started(
				conversation.ContextAttached{Context: domain.PersonRecord(eve), At: then},
				conversation.ContextDetached{Context: domain.PersonRecord(eve), At: then}),
			when: say(conversation.NewMessage{Author: eve, Body: "hi"}),
			then: []event{conversation.ParticipantJoined{Person: eve, At: now}, message(1, 1, eve, eve)},
		},
		"a closed conversation refuses messages": {
			given: started(closed), when: say(conversation.NewMessage{Author: ada, Body: "hi"}), code: domain.CodeConversationClosed,
		},
		"a blank message is refused before the state is looked at": {
			given: started(closed), when: say(conversation.NewMessage{Author: ada, Body: " "}),
			code: domain.CodeInvalid, wrong: []string{"/body"},
		},
		"a customer user is never shown as the sender of an internal note": {
			given: started(), when: say(conversation.NewMessage{Author: ada, From: bob, Body: "hi", Internal: true}),
			code: domain.CodeInvalid, wrong: []string{"/from"},
		},
		"a body above the configured limit is refused": {
			given: started(), when: say(conversation.NewMessage{Author: ada, Body: "hello", MaxBytes: 4}),
			code: domain.CodeInvalid, wrong: []string{"/body"},
		},
		"a deleted conversation is not found": {
			given: started(conversation.Deleted{At: then}), when: say(conversation.NewMessage{Author: ada, Body: "hi"}),
			code: domain.CodeNotFound,
		},
	})
}

func TestMessageAdded_moves_the_cursor_of_the_author_only(t *testing.T) {
	t.Parallel()
	c := started(message(1, 1, ada, bob), message(2, 0, ada, ada), message(3, 2, bob, bob))
	a, _ := c.Participant(ada)
	b, _ := c.Participant(bob)
	if a.OwnRead != 2 || b.OwnRead != 2 {
		t.Errorf("own read: ada %d (overall numbers), bob %d (public numbers), want 2 and 2", a.OwnRead, b.OwnRead)
	}
}

func TestInternalNote_leaves_no_trace_in_what_customer_users_see(t *testing.T) {
	t.Parallel()
	public := message(1, 1, ada, ada)
	public.At = then
	c := started(public, message(2, 0, ada, ada))
	if c.PublicCount != 1 || c.LastPublic.Number != 1 || !c.PublicUpdatedAt.Equal(then) {
		t.Errorf("public count %d, last %d, updated %v", c.PublicCount, c.LastPublic.Number, c.PublicUpdatedAt)
	}
	if c.MessageCount != 2 || c.Last.Number != 2 || !c.UpdatedAt.Equal(now) {
		t.Errorf("count %d, last %d, updated %v", c.MessageCount, c.Last.Number, c.UpdatedAt)
	}
}
