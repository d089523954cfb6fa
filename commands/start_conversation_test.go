package commands_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"parley/commands"
	"parley/domain"
	"parley/domain/conversation"
	"parley/domain/directory"
)

func (w *world) start(req commands.Request, change func(*commands.StartConversation)) (commands.ConversationAnswer, error) {
	c := commands.StartConversation{Request: req}
	change(&c)
	return commands.StartConversationHandler{Conversations: w.Conversations}.Handle(w.Context(), c)
}

// begun are the events of a start by somebody.
func begun(starter domain.Person, owner, customerUser, customer, name string, source *domain.Record) []event {
	o, c := domain.User(owner), domain.CustomerUser(customerUser)
	events := []event{
		conversation.Started{
			Organization: acme, Name: name, Owner: owner, CustomerUser: customerUser, Customer: customer,
			Source: source, Starter: starter,
		},
		conversation.ParticipantJoined{Person: o},
		conversation.ParticipantJoined{Person: c},
		conversation.ContextAttached{Context: domain.PersonRecord(o)},
		conversation.ContextAttached{Context: domain.PersonRecord(c)},
	}
	if source != nil {
		events = append(events, conversation.ContextAttached{Context: *source})
	}
	return events
}

// starting is what somebody asks for and gets: these events, or this refusal.
type starting struct {
	who   domain.Person
	ask   func(*commands.StartConversation)
	then  []event
	code  domain.Code
	wrong []string
}

var hello = &commands.FirstMessage{Body: "hello"}

func (w *world) playStarts(starts map[string]starting) {
	w.Helper()
	for name, s := range starts {
		w.Run(name, func(t *testing.T) {
			a, err := w.start(w.by(s.who), s.ask)
			wantCode(t, err, s.code)
			if diff := cmp.Diff(s.wrong, pointers(err)); diff != "" {
				t.Errorf("field errors (-want +got):\n%s", diff)
			}
			if s.code == "" {
				sameEvents(t, s.then, w.events(a.ID))
			}
		})
	}
}

func TestStartConversation_by_users(t *testing.T) {
	t.Parallel()
	newWorld(t).playStarts(map[string]starting{
		"a user starts and owns, the customer is the customer user's": {
			who:  ada,
			ask:  func(c *commands.StartConversation) { c.Name, c.CustomerUser = new(" Late "), new("bob") },
			then: begun(ada, "ada", "bob", "northwind", "Late", nil),
		},
		"a source gives name, customer user, customer and a context": {
			who:  ada,
			ask:  func(c *commands.StartConversation) { c.Source = &bobsOrder },
			then: begun(ada, "ada", "bob", "northwind", "Order 1001", &bobsOrder),
		},
		"a customer user can be the source": {
			who:  ada,
			ask:  func(c *commands.StartConversation) { c.Source = new(domain.PersonRecord(olga)) },
			then: begun(ada, "ada", "olga", "contoso", "Customer User Name of olga", new(domain.PersonRecord(olga)))[:5],
		},
		"an administrator starts for another owner": {
			who: root,
			ask: func(c *commands.StartConversation) {
				c.Name, c.CustomerUser, c.Owner, c.Customer, c.Message = new("Late"), new("bob"), new("eve"), new("northwind"), hello
			},
			then: append(append(begun(root, "eve", "bob", "northwind", "Late", nil), welcomed(root)...), said(1, 1, root, root, "hello")),
		},
		"another owner needs create beyond own": {
			who: maxi,
			ask: func(c *commands.StartConversation) {
				c.Name, c.CustomerUser, c.Owner = new("x"), new("bob"), new("ada")
			},
			code: domain.CodeForbidden,
		},
	})
}

func TestStartConversation_refuses_users_with_all_that_is_wrong(t *testing.T) {
	t.Parallel()
	newWorld(t).playStarts(map[string]starting{
		"everything that is wrong is said at once": {
			who: root,
			ask: func(c *commands.StartConversation) {
				c.Name, c.CustomerUser, c.Owner, c.Source = new(" "), new("nobody"), new("gone"), &domain.Record{Type: "order", ID: "9"}
				c.Contexts = []domain.Record{bobsOrder, {Type: "nothing", ID: "1"}}
				c.Message = &commands.FirstMessage{Body: "\n"}
				c.Shape = []domain.FieldError{{Pointer: "/colour", Detail: "is unknown"}}
			},
			code:  domain.CodeInvalid,
			wrong: []string{"/colour", "/source", "/customer_user", "/owner", "/contexts/1/id", "/name", "/message/body"},
		},
		"name and customer user are required without a source": {
			who: ada, ask: func(*commands.StartConversation) {}, code: domain.CodeInvalid, wrong: []string{"/name", "/customer_user"},
		},
		"the customer must be the customer user's": {
			who: ada,
			ask: func(c *commands.StartConversation) {
				c.Name, c.CustomerUser, c.Customer = new("x"), new("bob"), new("contoso")
			},
			code: domain.CodeInvalid, wrong: []string{"/customer"},
		},
	})
}

func TestStartConversation_by_customer_users(t *testing.T) {
	t.Parallel()
	newWorld(t).playStarts(map[string]starting{
		"a buyer starts with the sales representative as the owner": {
			who:  bob,
			ask:  func(c *commands.StartConversation) { c.Source, c.Message = &bobsOrder, hello },
			then: append(begun(bob, "ada", "bob", "northwind", "Order 1001", &bobsOrder), said(1, 1, bob, bob, "hello")),
		},
		"without a sales representative the default owner owns": {
			who:  olga,
			ask:  func(c *commands.StartConversation) { c.Name, c.Message = new("x"), hello },
			then: append(begun(olga, "root", "olga", "contoso", "x", nil), said(1, 1, olga, olga, "hello")),
		},
		"a buyer must say something": {
			who: bob, ask: func(c *commands.StartConversation) { c.Name = new("x") }, code: domain.CodeInvalid, wrong: []string{"/message"},
		},
		"a buyer cannot start from a record out of view": {
			who:  bob,
			ask:  func(c *commands.StartConversation) { c.Source, c.Message = &olgasOrder, hello },
			code: domain.CodeInvalid, wrong: []string{"/source"},
		},
	})
}

func TestStartConversation_keeps_customer_users_to_themselves(t *testing.T) {
	t.Parallel()
	newWorld(t).playStarts(map[string]starting{
		"a buyer may name oneself": {
			who: bob,
			ask: func(c *commands.StartConversation) {
				c.Name, c.Message, c.CustomerUser, c.Customer = new("x"), hello, new("bob"), new("northwind")
			},
			then: append(begun(bob, "ada", "bob", "northwind", "x", nil), said(1, 1, bob, bob, "hello")),
		},
		"a buyer names no other customer user": {
			who: bob, ask: func(c *commands.StartConversation) { c.CustomerUser = new("boss") }, code: domain.CodeForbidden,
		},
		"a buyer names no other customer": {
			who: bob, ask: func(c *commands.StartConversation) { c.Customer = new("contoso") }, code: domain.CodeForbidden,
		},
		"a buyer names no owner": {
			who: bob, ask: func(c *commands.StartConversation) { c.Owner = new("ada") }, code: domain.CodeForbidden,
		},
		"a buyer chooses no contexts": {
			who: bob, ask: func(c *commands.StartConversation) { c.Contexts = []domain.Record{} }, code: domain.CodeForbidden,
		},
		"a buyer may not say internal": {
			who: bob,
			ask: func(c *commands.StartConversation) {
				c.Name, c.Message = new("x"), &commands.FirstMessage{Body: "hello", Internal: new(false)}
			},
			code: domain.CodeForbidden,
		},
	})
}

func TestStartConversation_repeats_its_first_answer(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ask := func(c *commands.StartConversation) {
		c.Source, c.Message = &bobsOrder, &commands.FirstMessage{Body: "hello"}
	}
	first, err := w.start(w.keyed(bob, "k"), ask)
	if err != nil {
		t.Fatal(err)
	}
	w.removeRecord(bobsOrder)
	again, err := w.start(w.keyed(bob, "k"), ask)
	if err != nil || again.ID != first.ID || again.Position != first.Position {
		t.Fatalf("again: %+v, error %v; want id %v at %d", again, err, first.ID, first.Position)
	}
	other, err := w.start(w.keyed(boss, "k"), func(c *commands.StartConversation) {
		c.Name, c.Message = new("x"), &commands.FirstMessage{Body: "hello"}
	})
	if err != nil || other.ID == first.ID {
		t.Errorf("somebody else's same key: %+v, error %v; want another conversation", other, err)
	}
	_, err = w.start(commands.Request{Actor: w.by(bob).Actor, Key: "k", Fingerprint: "other"}, ask)
	wantCode(t, err, domain.CodeInvalid)
}

func TestStartConversation_repeated_shows_nothing_of_what_has_gone_to_others(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ask := func(c *commands.StartConversation) {
		c.Name, c.Message = new("mine"), &commands.FirstMessage{Body: "hello"}
	}
	first, err := w.start(w.keyed(bob, "k"), ask)
	if err != nil {
		t.Fatal(err)
	}
	if err := update(root, func(c *commands.UpdateConversation) { c.CustomerUser, c.Name = new("olga"), new("hers") })(w, first.ID); err != nil {
		t.Fatal(err)
	}
	again, err := w.start(w.keyed(bob, "k"), ask)
	if err != nil || again.ID != first.ID || again.Name != "mine" || again.CustomerUser.Person != bob {
		t.Errorf("again: %+v, error %v; want the conversation as it was started", again, err)
	}
}

func TestStartConversation_passes_over_a_disabled_sales_representative(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.remirror(directory.PersonMirrored{Kind: ada.Kind, ID: ada.ID, Name: "Ada"})
	a, err := w.start(w.by(bob), func(c *commands.StartConversation) {
		c.Name, c.Message = new("x"), &commands.FirstMessage{Body: "hello"}
	})
	if err != nil || a.Owner.Person != root {
		t.Errorf("owner %v, error %v; want the default owner", a.Owner, err)
	}
}

func TestStartConversation_answers_with_what_the_starter_sees(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	a, err := w.start(w.by(bob), func(c *commands.StartConversation) {
		c.Source, c.Message = &bobsOrder, &commands.FirstMessage{Body: "hello"}
	})
	if err != nil {
		t.Fatal(err)
	}
	order := commands.NamedRecord{Record: bobsOrder, Label: "1001", URL: "https://shop.example/1001"}
	named := func(p domain.Person) commands.NamedPerson {
		return commands.NamedPerson{Person: p, Name: "Name of " + p.ID}
	}
	label := func(p domain.Person) commands.NamedRecord {
		return commands.NamedRecord{Record: domain.PersonRecord(p), Label: "Name of " + p.ID}
	}
	want := commands.ConversationAnswer{
		ID: a.ID, Name: "Order 1001", Status: conversation.Active, Owner: named(ada), CustomerUser: named(bob),
		Customer: commands.NamedCustomer{ID: "northwind", Name: "Name of northwind"}, Source: &order,
		Contexts:     []commands.NamedRecord{label(ada), label(bob), order},
		Participants: []commands.ParticipantAnswer{{Person: named(bob), ReadUpTo: 1}},
		MessageCount: 1, Mine: true, Revision: 6, Actions: w.by(bob).Actor.Actions(w.factsOf(a.ID, bob)),
		LastMessage: &commands.MessageAnswer{
			ID: conversation.MessageID(a.ID, 1, 1), Number: 1, Body: "hello", From: named(bob), At: a.CreatedAt,
		},
		CreatedAt: a.CreatedAt, UpdatedAt: a.CreatedAt, Position: a.Position,
	}
	if diff := cmp.Diff(want, a); diff != "" || a.Position == 0 || a.ID == uuid.Nil {
		t.Errorf("answer (-want +got):\n%s", diff)
	}
}

func TestStartConversation_waits_until_somebody_is_there_to_own_it(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.removePerson(eve)
	for says, owner := range map[string]string{"nobody is set": "", "nobody knows them": "nobody", "they are gone": eve.ID} {
		w.DefaultOwner = owner
		_, err := w.start(w.by(olga), func(c *commands.StartConversation) {
			c.Name, c.Message = new("x"), &commands.FirstMessage{Body: "hello"}
		})
		if domain.CodeOf(err) != domain.CodeUnavailable {
			t.Errorf("%s: error %v", says, err)
		}
	}
}
