package conversation_test

import (
	"testing"
	"time"

	"parley/domain"
	"parley/domain/conversation"
)

func line(change func(*conversation.ImportConversation)) conversation.ImportConversation {
	i := conversation.ImportConversation{
		Import:       conversation.Import{Key: "k", Fingerprint: "f"},
		Organization: "acme", Name: "Late", Owner: "ada", CustomerUser: "bob", Customer: "northwind",
		Source: &order, Contexts: []domain.Record{order, quote, quote}, StartedAt: then,
		Messages: []conversation.ImportedMessage{
			{From: bob, Body: "hi", At: then.Add(time.Minute)}, {From: eve, Body: "yes?", At: then.Add(2 * time.Minute)},
		},
		ClosedAt: new(then.Add(time.Hour)),
	}
	if change != nil {
		change(&i)
	}
	return i
}

func bring(i conversation.ImportConversation) func(*state) ([]event, error) {
	return func(c *state) ([]event, error) { return c.StartImported(i) }
}

func TestStartImported(t *testing.T) {
	t.Parallel()
	first, second := then.Add(time.Minute), then.Add(2*time.Minute)
	imported, err := bring(line(nil))(fold())
	if err != nil {
		t.Fatal(err)
	}
	run(t, map[string]scenario{
		"a whole conversation comes in with the times of then": {
			given: fold(), when: bring(line(nil)),
			then: []event{
				conversation.Started{
					Organization: "acme", Name: "Late", Owner: "ada", CustomerUser: "bob", Customer: "northwind",
					Source: &order, Import: &conversation.Import{Key: "k", Fingerprint: "f"}, At: then,
				},
				conversation.ParticipantJoined{Person: ada, At: then},
				conversation.ParticipantJoined{Person: bob, At: then},
				conversation.ContextAttached{Context: domain.PersonRecord(ada), At: then},
				conversation.ContextAttached{Context: domain.PersonRecord(bob), At: then},
				conversation.ContextAttached{Context: order, At: then},
				conversation.ContextAttached{Context: quote, At: then},
				conversation.MessageAdded{Number: 1, PublicNumber: 1, Body: "hi", From: bob, Author: bob, At: first},
				conversation.ParticipantJoined{Person: eve, At: second},
				conversation.ContextAttached{Context: domain.PersonRecord(eve), At: second},
				conversation.MessageAdded{Number: 2, PublicNumber: 2, Body: "yes?", From: eve, Author: eve, At: second},
				conversation.Closed{At: then.Add(time.Hour)},
			},
		},
		"the same line again changes nothing, whatever was done since": {
			given: fold(append(imported, conversation.Renamed{Name: "x", At: now}, conversation.Deleted{At: now})...),
			when:  bring(line(nil)),
		},
		"another line under the key is a conflict": {
			given: fold(imported...),
			when:  bring(line(func(i *conversation.ImportConversation) { i.Fingerprint = "other" })),
			code:  domain.CodeConflict,
		},
		"a conversation that was not imported is not overwritten": {
			given: started(), when: bring(line(nil)), code: domain.CodeConflict,
		},
		"all that is wrong is said at once": {
			given: fold(),
			when: bring(line(func(i *conversation.ImportConversation) {
				i.Key, i.Name, i.StartedAt, i.Messages[1].Body, i.Messages[0].At = "", "", time.Time{}, " ", time.Time{}
			})),
			code: domain.CodeInvalid, wrong: []string{"/key", "/name", "/started_at", "/messages/0/at", "/messages/1/body"},
		},
	})
}
