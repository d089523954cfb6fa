package conversation_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"parley/domain"
	"parley/domain/conversation"
)

type (
	state = conversation.Conversation
	event = conversation.Event
)

var (
	then  = time.Date(2026, 6, 3, 7, 0, 0, 0, time.UTC)
	now   = then.Add(time.Hour)
	ada   = domain.User("ada")         // the owner
	eve   = domain.User("eve")         // another user
	bob   = domain.CustomerUser("bob") // the customer user
	carl  = domain.CustomerUser("carl")
	order = domain.Record{Type: "order", ID: "1001"}
	quote = domain.Record{Type: "quote", ID: "3001"}
)

// fold returns the state that events lead to.
func fold(events ...event) *state {
	c := &state{}
	for _, e := range events {
		conversation.Aggregate.Apply(c, e)
	}
	return c
}

// started is an active conversation between ada and bob, with more events.
func started(more ...event) *state {
	return fold(append([]event{
		conversation.Started{
			Organization: "acme", Name: "Late", Owner: "ada", CustomerUser: "bob", Customer: "northwind", Starter: ada, At: then,
		},
		conversation.ParticipantJoined{Person: ada, At: then},
		conversation.ParticipantJoined{Person: bob, At: then},
		conversation.ContextAttached{Context: domain.PersonRecord(ada), At: then},
		conversation.ContextAttached{Context: domain.PersonRecord(bob), At: then},
	}, more...)...)
}

// scenario is one Given/When/Then: exactly these events, or this refusal.
type scenario struct {
	given *state
	when  func(*state) ([]event, error)
	then  []event
	code  domain.Code
	// wrong holds the pointers of the field errors of an invalid request.
	wrong []string
}

func run(t *testing.T, scenarios map[string]scenario) {
	t.Helper()
	for name, s := range scenarios {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			before := conversation.Aggregate.Copy(s.given)
			got, err := s.when(s.given)
			if code := domain.CodeOf(err); code != s.code {
				t.Fatalf("refused with %q (%v), want %q", code, err, s.code)
			}
			if diff := cmp.Diff(s.wrong, pointers(err)); diff != "" {
				t.Errorf("field errors (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(s.then, got); diff != "" {
				t.Errorf("events (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(before, s.given); diff != "" {
				t.Errorf("the decision changed the state (-before +after):\n%s", diff)
			}
		})
	}
}
