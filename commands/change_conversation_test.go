package commands_test

import (
	"testing"

	"parley/commands"
	"parley/domain"
	"parley/domain/conversation"
)

func TestUpdateConversation(t *testing.T) {
	t.Parallel()
	type ask = *commands.UpdateConversation
	newWorld(t).play(map[string]scenario{
		"the owner renames, also a closed one": {
			given: []event{conversation.Closed{}},
			when:  update(ada, func(c ask) { c.Name = new(" Later ") }), then: []event{conversation.Renamed{Name: "Later"}},
		},
		"all-equal values change nothing": {
			when: update(ada, func(c ask) {
				c.Name, c.Owner, c.CustomerUser, c.Customer = new("Late"), new("ada"), new("bob"), new("northwind")
			}),
		},
		"a user without edit may not":          {when: update(eve, func(c ask) { c.Name = new("x") }), code: domain.CodeForbidden},
		"a customer user may not":              {when: update(bob, func(c ask) { c.Name = new("x") }), code: domain.CodeForbidden},
		"who does not see it does not find it": {when: update(olga, func(c ask) { c.Name = new("x") }), code: domain.CodeNotFound},
		"another owner needs assign":           {when: update(ada, func(c ask) { c.Owner = new("eve") }), code: domain.CodeForbidden},
		"an administrator assigns": {
			when: update(root, func(c ask) { c.Owner = new("eve") }),
			then: append([]event{conversation.OwnerChanged{Owner: "eve"}}, welcomed(eve)...),
		},
		"a new customer user brings the customer, the former one leaves": {
			when: update(ada, func(c ask) { c.CustomerUser = new("olga") }),
			then: append([]event{
				conversation.CustomerUserChanged{CustomerUser: "olga", Customer: "contoso"}, conversation.ParticipantLeft{Person: bob},
			}, welcomed(olga)...),
		},
		"a customer that is not the customer user's is invalid": {
			when: update(ada, func(c ask) { c.Customer = new("contoso") }), code: domain.CodeInvalid, wrong: []string{"/customer"},
		},
		"a customer that is not the new customer user's is invalid": {
			when: update(ada, func(c ask) { c.CustomerUser, c.Customer = new("olga"), new("northwind") }),
			code: domain.CodeInvalid, wrong: []string{"/customer"},
		},
		"everything that is wrong is said at once": {
			when: update(root, func(c ask) {
				c.Name, c.Owner, c.CustomerUser, c.Source = new(""), new("gone"), new("ada"), &domain.Record{Type: "order", ID: "9"}
			}),
			code: domain.CodeInvalid, wrong: []string{"/owner", "/source", "/customer_user", "/name"},
		},
		"a source is set and becomes a context": {
			when: update(ada, func(c ask) { c.Source = &bobsOrder }),
			then: []event{conversation.SourceChanged{Source: &bobsOrder}, conversation.ContextAttached{Context: bobsOrder}},
		},
		"a source is cleared": {
			given: []event{conversation.SourceChanged{Source: &bobsOrder}},
			when:  update(ada, func(c ask) { c.ClearSource = true }), then: []event{conversation.SourceChanged{}},
		},
	})
}

func TestUpdateConversation_keeps_people_and_records_that_have_gone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.given(conversation.SourceChanged{Source: &bobsOrder})
	w.removeRecord(bobsOrder)
	w.removePerson(bob)
	before := len(w.events(id))
	err := update(ada, func(c *commands.UpdateConversation) {
		c.Name, c.CustomerUser, c.Source = new("x"), new("bob"), &bobsOrder
	})(w, id)
	if err != nil {
		t.Fatal(err)
	}
	sameEvents(t, []event{conversation.Renamed{Name: "x"}}, w.events(id)[before:])
}

func TestContexts(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	removed := domain.Record{Type: "order", ID: "1002"}
	w.removeRecord(removed)
	attached := []event{conversation.ContextAttached{Context: bobsOrder}}
	unknown := domain.Record{Type: "order", ID: "9"}
	w.play(map[string]scenario{
		"the owner attaches a record":                         {when: attach(ada, bobsOrder), then: attached},
		"the owner attaches a person":                         {when: attach(ada, domain.PersonRecord(eve)), then: []event{conversation.ContextAttached{Context: domain.PersonRecord(eve)}}},
		"attaching again changes nothing":                     {given: attached, when: attach(ada, bobsOrder)},
		"an unknown record is not found":                      {when: attach(ada, unknown), code: domain.CodeNotFound},
		"a removed record is not found":                       {when: attach(ada, removed), code: domain.CodeNotFound},
		"an unknown one is not found before forbidden":        {when: attach(eve, unknown), code: domain.CodeNotFound},
		"without edit nothing is attached":                    {when: attach(eve, bobsOrder), code: domain.CodeForbidden},
		"a customer user attaches nothing":                    {when: attach(bob, bobsOrder), code: domain.CodeForbidden},
		"a record out of a customer user's view is not found": {when: attach(bob, olgasOrder), code: domain.CodeNotFound},
		"the owner detaches a record":                         {given: attached, when: detach(ada, bobsOrder), then: []event{conversation.ContextDetached{Context: bobsOrder}}},
		"a removed record can be detached": {
			given: []event{conversation.ContextAttached{Context: removed}},
			when:  detach(ada, removed), then: []event{conversation.ContextDetached{Context: removed}},
		},
		"detaching what is no context changes nothing": {when: detach(ada, bobsOrder)},
		"detaching an unknown record is not found":     {when: detach(ada, unknown), code: domain.CodeNotFound},
		"a closed conversation takes contexts":         {given: []event{conversation.Closed{}}, when: attach(ada, bobsOrder), then: attached},
	})
}

func TestParticipants(t *testing.T) {
	t.Parallel()
	joined := []event{conversation.ParticipantJoined{Person: eve}}
	left := []event{conversation.ParticipantLeft{Person: eve}}
	newWorld(t).play(map[string]scenario{
		"the owner adds a person":                         {when: add(ada, eve), then: joined},
		"adding again changes nothing":                    {given: joined, when: add(ada, eve)},
		"a disabled person is invalid":                    {when: add(ada, gone), code: domain.CodeInvalid, wrong: []string{"person"}},
		"an unknown person is not found":                  {when: add(ada, domain.User("nobody")), code: domain.CodeNotFound},
		"the same id of the other kind is another person": {when: add(ada, domain.CustomerUser("eve")), code: domain.CodeNotFound},
		"without edit nobody is added":                    {when: add(eve, maxi), code: domain.CodeForbidden},
		"the owner takes a person out":                    {given: joined, when: takeOut(ada, eve), then: left},
		"a user leaves":                                   {given: joined, when: takeOut(eve, eve), then: left},
		"who takes no part leaves no trace":               {when: takeOut(eve, eve)},
		"without edit nobody else is taken out":           {given: joined, when: takeOut(eve, ada), code: domain.CodeForbidden},
		"a customer user does not leave":                  {when: takeOut(bob, bob), code: domain.CodeForbidden},
		"a disabled person is taken out": {
			given: []event{conversation.ParticipantJoined{Person: gone}},
			when:  takeOut(ada, gone), then: []event{conversation.ParticipantLeft{Person: gone}},
		},
	})
}
