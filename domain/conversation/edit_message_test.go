package conversation_test

import (
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"

	"parley/domain"
	"parley/domain/access"
	"parley/domain/conversation"
)

func edit(m conversation.Message, body string, mentions ...domain.Person) func(*state) ([]event, error) {
	return func(c *state) ([]event, error) {
		return c.EditMessage(conversation.EditMessage{Message: m, Body: body, Mentions: mentions}, access.Workflow{}, now)
	}
}

func TestEditMessage(t *testing.T) {
	t.Parallel()
	public, note := message(1, 1, ada, ada), message(2, 0, ada, ada)
	mentioning := public
	mentioning.Mentions = []domain.Person{eve}
	run(t, map[string]scenario{
		"a message gets another body": {
			given: started(public), when: edit(public.Message(), "a\r\nb"),
			then: []event{conversation.MessageEdited{Number: 1, PublicNumber: 1, Body: "a\nb", At: now}},
		},
		"an internal note stays one": {
			given: started(public, note), when: edit(note.Message(), "ho"),
			then: []event{conversation.MessageEdited{Number: 2, Body: "ho", Internal: true, At: now}},
		},
		"the same body changes nothing": {given: started(public), when: edit(public.Message(), "hi")},
		"who is mentioned only now is told apart": {
			given: started(mentioning), when: edit(mentioning.Message(), "ho", carl, eve),
			then: []event{conversation.MessageEdited{
				Number: 1, PublicNumber: 1, Body: "ho", Mentions: []domain.Person{carl}, Mentioned: []domain.Person{eve}, At: now,
			}},
		},
		"a blank body is refused": {
			given: started(public, conversation.Closed{At: then}), when: edit(public.Message(), " \n"),
			code: domain.CodeInvalid, wrong: []string{"/body"},
		},
		"a closed conversation refuses": {
			given: started(public, conversation.Closed{At: then}), when: edit(public.Message(), "ho"), code: domain.CodeConversationClosed,
		},
		"a closed conversation without a workflow does not": {
			given: started(public, conversation.Closed{At: then}),
			when: func(c *state) ([]event, error) {
				return c.EditMessage(conversation.EditMessage{Message: public.Message(), Body: "ho"}, access.Workflow{Off: true}, now)
			},
			then: []event{conversation.MessageEdited{Number: 1, PublicNumber: 1, Body: "ho", At: now}},
		},
		"a redacted message is refused": {
			given: started(public), when: edit(conversation.MessageRedacted{Number: 1}.To(public.Message()), "ho"), code: domain.CodeConflict,
		},
		"a deleted conversation is not found": {
			given: started(public, conversation.Deleted{At: then}), when: edit(public.Message(), "ho"), code: domain.CodeNotFound,
		},
	})
}

func TestRedactMessage(t *testing.T) {
	t.Parallel()
	public := message(1, 1, ada, ada)
	redact := func(m conversation.Message) func(*state) ([]event, error) {
		return func(c *state) ([]event, error) { return c.RedactMessage(m, now) }
	}
	redacted := conversation.MessageRedacted{Number: 1, PublicNumber: 1, At: now}
	run(t, map[string]scenario{
		"a message is redacted": {given: started(public), when: redact(public.Message()), then: []event{redacted}},
		"also in a closed conversation": {
			given: started(public, conversation.Closed{At: then}), when: redact(public.Message()), then: []event{redacted},
		},
		"once":                            {given: started(public, redacted), when: redact(redacted.To(public.Message()))},
		"not in a conversation not there": {given: started(conversation.Deleted{At: then}), when: redact(public.Message()), code: domain.CodeNotFound},
	})
}

func TestMayEdit_only_the_author_until_the_window_closes(t *testing.T) {
	t.Parallel()
	m := conversation.Message{Author: ada, From: bob, At: then}
	window := now.Sub(then)
	if !m.MayEdit(ada, window+1, now) || m.MayEdit(bob, window+1, now) || m.MayEdit(ada, window, now) || m.MayEdit(ada, 0, then.Add(-1)) {
		t.Error("another than the author may edit, or the window closes at another time than it should")
	}
}

func TestChanges_show_in_the_last_messages_and_move_nothing(t *testing.T) {
	t.Parallel()
	added := []event{message(1, 1, ada, ada), message(2, 2, bob, bob), message(3, 0, ada, ada)}
	before := started(added...)
	copied := conversation.Aggregate.Copy(before)
	later := now.Add(1)
	for _, e := range []event{
		conversation.MessageEdited{Number: 1, PublicNumber: 1, Body: "old", At: later},
		conversation.MessageEdited{Number: 2, PublicNumber: 2, Body: "public", At: later},
		conversation.MessageEdited{Number: 3, Body: "note", Internal: true, At: later},
		conversation.MessageRedacted{Number: 3, Internal: true, At: later},
	} {
		conversation.Aggregate.Apply(before, e)
	}
	if p := before.LastPublic; p.Body != "public" || p.EditedAt == nil || !p.EditedAt.Equal(later) || p.Redacted {
		t.Errorf("the last public message is %+v", *p)
	}
	if l := before.Last; l.Body != "" || !l.Redacted || l.EditedAt != nil {
		t.Errorf("the last message is %+v", *l)
	}
	if copied.Last.Body != "hi" || copied.LastPublic.Body != "hi" {
		t.Error("a copy of the state was changed")
	}
	before.Last, before.LastPublic, before.Changes, before.Events = copied.Last, copied.LastPublic, copied.Changes, copied.Events
	if diff := cmp.Diff(copied, before); diff != "" {
		t.Errorf("more than the messages changed (-before +after):\n%s", diff)
	}
}

func TestChanges_are_remembered_up_to_a_bound(t *testing.T) {
	t.Parallel()
	const messages = 300
	c := started()
	for n := 1; n <= messages; n++ {
		conversation.Aggregate.Apply(c, message(n, n, ada, ada))
	}
	first := c.Events
	for n := 1; n <= messages; n++ {
		conversation.Aggregate.Apply(c, conversation.MessageEdited{Number: n, PublicNumber: n, Body: "x", At: now})
	}
	for n := 1; n <= messages; n++ {
		want := first + n - 1
		switch got, ok := c.Changes.Of(n); {
		case ok && got != want:
			t.Fatalf("the change of %d stands at %d, want %d", n, got, want)
		case !ok && want > c.Changes.Forgotten:
			t.Fatalf("the change of %d is lost: it is not before %d", n, c.Changes.Forgotten)
		}
	}
	if n := len(c.Changes.Latest); n != 256 {
		t.Errorf("%d changes are remembered", n)
	}
}

func TestMentions_of_a_message_are_bounded_over_its_edits(t *testing.T) {
	t.Parallel()
	var crowd []domain.Person
	for i := range 2 * conversation.MaxMentions {
		crowd = append(crowd, domain.User(strconv.Itoa(i)))
	}
	added, err := say(conversation.NewMessage{Author: ada, Body: "hi", Mentions: crowd[:40]})(started())
	if err != nil {
		t.Fatal(err)
	}
	m := added[len(added)-1].(conversation.MessageAdded).Message()
	changed, err := edit(m, "ho", crowd...)(started(added...))
	if err != nil {
		t.Fatal(err)
	}
	e := changed[0].(conversation.MessageEdited)
	if len(e.Mentions) != 10 || len(e.Mentioned) != 40 || len(e.To(m).Mentions) != conversation.MaxMentions {
		t.Errorf("an edit tells %d people more than the %d of before", len(e.Mentions), len(e.Mentioned))
	}
	all, err := say(conversation.NewMessage{Author: ada, Body: "hi", Mentions: crowd})(started())
	if told := all[len(all)-1].(conversation.MessageAdded).Mentions; err != nil || len(told) != conversation.MaxMentions {
		t.Errorf("a message tells %d people, error %v", len(told), err)
	}
}
