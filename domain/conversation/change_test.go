package conversation_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"parley/domain"
	"parley/domain/conversation"
)

func update(u conversation.Update) func(*state) ([]event, error) {
	return func(c *state) ([]event, error) { return c.Update(u, now) }
}

func TestUpdate(t *testing.T) {
	t.Parallel()
	withSource := started(conversation.SourceChanged{Source: &order, At: then})
	run(t, map[string]scenario{
		"equal values change nothing": {
			given: withSource,
			when: update(conversation.Update{
				Name: new(" Late "), Owner: new("ada"), CustomerUser: new("bob"), Customer: new("northwind"), Source: &order,
			}),
		},
		"a closed conversation can be renamed": {
			given: started(conversation.Closed{At: then}),
			when:  update(conversation.Update{Name: new("Later")}),
			then:  []event{conversation.Renamed{Name: "Later", At: now}},
		},
		"a blank name is refused": {
			given: started(), when: update(conversation.Update{Name: new(" ")}), code: domain.CodeInvalid, wrong: []string{"/name"},
		},
		"a new owner joins and becomes a context, the former one stays": {
			given: started(), when: update(conversation.Update{Owner: new("eve")}),
			then: []event{
				conversation.OwnerChanged{Owner: "eve", At: now},
				conversation.ParticipantJoined{Person: eve, At: now},
				conversation.ContextAttached{Context: domain.PersonRecord(eve), At: now},
			},
		},
		"a new customer user joins and becomes a context, the former one leaves": {
			given: started(), when: update(conversation.Update{CustomerUser: new("carl"), Customer: new("contoso")}),
			then: []event{
				conversation.CustomerUserChanged{CustomerUser: "carl", Customer: "contoso", At: now},
				conversation.ParticipantLeft{Person: bob, At: now},
				conversation.ParticipantJoined{Person: carl, At: now},
				conversation.ContextAttached{Context: domain.PersonRecord(carl), At: now},
			},
		},
		"another customer of the same person moves nobody": {
			given: started(), when: update(conversation.Update{Customer: new("contoso")}),
			then: []event{conversation.CustomerUserChanged{CustomerUser: "bob", Customer: "contoso", At: now}},
		},
		"a new source becomes a context": {
			given: withSource, when: update(conversation.Update{Source: &quote}),
			then: []event{
				conversation.SourceChanged{Source: &quote, At: now}, conversation.ContextAttached{Context: quote, At: now},
			},
		},
		"a source can be cleared, and its context stays": {
			given: withSource, when: update(conversation.Update{ClearSource: true}),
			then: []event{conversation.SourceChanged{At: now}},
		},
		"clearing no source changes nothing": {given: started(), when: update(conversation.Update{ClearSource: true})},
		"a deleted conversation is not found": {
			given: started(conversation.Deleted{At: then}), when: update(conversation.Update{Name: new("x")}), code: domain.CodeNotFound,
		},
	})
}

func TestContextsAndParticipants(t *testing.T) {
	t.Parallel()
	attach := func(c *state) ([]event, error) { return c.AttachContext(order, now) }
	detach := func(c *state) ([]event, error) { return c.DetachContext(order, now) }
	add := func(c *state) ([]event, error) { return c.AddParticipant(eve, now) }
	remove := func(c *state) ([]event, error) { return c.RemoveParticipant(eve, now) }
	attached := []event{conversation.ContextAttached{Context: order, At: now}}
	joined := []event{conversation.ParticipantJoined{Person: eve, At: now}}
	with := started(append(attached, joined...)...)
	without := started(append(attached, conversation.ContextDetached{Context: order, At: then})...)
	deleted := started(conversation.Deleted{At: then})
	run(t, map[string]scenario{
		"a record becomes a context":                      {given: started(), when: attach, then: attached},
		"a context is attached once":                      {given: with, when: attach},
		"a removed context comes back when asked for":     {given: without, when: attach, then: attached},
		"a context is detached":                           {given: with, when: detach, then: []event{conversation.ContextDetached{Context: order, At: now}}},
		"what is no context is not detached":              {given: without, when: detach},
		"a person joins":                                  {given: started(), when: add, then: joined},
		"a person joins once":                             {given: with, when: add},
		"a person leaves":                                 {given: with, when: remove, then: []event{conversation.ParticipantLeft{Person: eve, At: now}}},
		"who takes no part does not leave":                {given: started(), when: remove},
		"a deleted conversation takes no context":         {given: deleted, when: attach, code: domain.CodeNotFound},
		"a deleted conversation loses no context":         {given: deleted, when: detach, code: domain.CodeNotFound},
		"a deleted conversation takes no participant":     {given: deleted, when: add, code: domain.CodeNotFound},
		"a conversation never started has no participant": {given: fold(), when: remove, code: domain.CodeNotFound},
	})
}

func TestDeleteAndRestore(t *testing.T) {
	t.Parallel()
	deleted := started(conversation.Closed{At: then}, conversation.Deleted{At: then})
	remove := func(c *state) ([]event, error) { return c.Delete(now) }
	restore := func(c *state) ([]event, error) { return c.Restore(now) }
	run(t, map[string]scenario{
		"a conversation is deleted":             {given: started(), when: remove, then: []event{conversation.Deleted{At: now}}},
		"a deleted one stays deleted":           {given: deleted, when: remove},
		"one that never was cannot be deleted":  {given: fold(), when: remove, code: domain.CodeNotFound},
		"a deleted one is restored":             {given: deleted, when: restore, then: []event{conversation.Restored{At: now}}},
		"one that is there needs no restoring":  {given: started(), when: restore},
		"one that never was cannot be restored": {given: fold(), when: restore, code: domain.CodeNotFound},
	})
	if c := started(conversation.Closed{At: then}, conversation.Deleted{At: then}, conversation.Restored{At: now}); c.Status != conversation.IsClosed {
		t.Errorf("a restored conversation is %s, want closed as it was", c.Status)
	}
}

func TestPurge(t *testing.T) {
	t.Parallel()
	deleted := started(conversation.Deleted{At: then})
	purged := started(conversation.Deleted{At: then}, conversation.Purged{Organization: "acme", At: then})
	purge := func(c *state) ([]event, error) { return c.Purge(now) }
	run(t, map[string]scenario{
		"a deleted conversation is purged":                  {given: deleted, when: purge, then: []event{conversation.Purged{Organization: "acme", At: now}}},
		"one that is not deleted is not":                    {given: started(), when: purge, code: domain.CodeConflict},
		"one that never was is not":                         {given: fold(), when: purge, code: domain.CodeNotFound},
		"a purged one stays purged":                         {given: purged, when: purge},
		"a purged one cannot be restored":                   {given: purged, when: func(c *state) ([]event, error) { return c.Restore(now) }, code: domain.CodeNotFound},
		"a purged one cannot be deleted":                    {given: purged, when: func(c *state) ([]event, error) { return c.Delete(now) }, code: domain.CodeNotFound},
		"a purged one cannot be started again":              {given: purged, when: start(func(*conversation.Start) {}), code: domain.CodeNotFound},
		"a purged one is not brought back by an import":     {given: purged, when: bring(line(nil))},
		"a purged one takes no participant":                 {given: purged, when: func(c *state) ([]event, error) { return c.AddParticipant(eve, now) }, code: domain.CodeNotFound},
		"what is left of a purged one tells nothing but it": {given: fold(conversation.Purged{Organization: "acme", At: then}), when: purge},
	})
	if diff := cmp.Diff(&state{Organization: "acme", Purged: true, Events: 1}, purged); diff != "" {
		t.Errorf("what a purged conversation holds (-want +got):\n%s", diff)
	}
}

func TestRemoved_leaves_nothing_for_anybody(t *testing.T) {
	t.Parallel()
	for name, removed := range map[string]*state{
		"whole":  started(conversation.Removed{At: then}),
		"cut":    fold(conversation.Renamed{Name: "Late", At: then}, conversation.Removed{At: then}),
		"purged": fold(conversation.Purged{Organization: "acme", At: then}, conversation.Removed{At: then}),
	} {
		if diff := cmp.Diff(&state{Purged: true, Events: 1}, removed); diff != "" {
			t.Errorf("what one that was %s holds (-want +got):\n%s", name, diff)
		}
	}
	removed := started(conversation.Removed{At: then})
	run(t, map[string]scenario{
		"a removed one cannot be restored":               {given: removed, when: func(c *state) ([]event, error) { return c.Restore(now) }, code: domain.CodeNotFound},
		"a removed one cannot be started again":          {given: removed, when: start(func(*conversation.Start) {}), code: domain.CodeNotFound},
		"a removed one is not brought back by an import": {given: removed, when: bring(line(nil))},
		"a removed one takes no participant":             {given: removed, when: func(c *state) ([]event, error) { return c.AddParticipant(eve, now) }, code: domain.CodeNotFound},
	})
	if !conversation.Aggregate.Final(conversation.Removed{}) {
		t.Error("a stream that begins with it cannot be read")
	}
}

func TestParticipant_counts_how_often_one_has_joined(t *testing.T) {
	t.Parallel()
	c := started(conversation.ParticipantLeft{Person: bob}, conversation.ParticipantJoined{Person: bob})
	for p, want := range map[domain.Person]int{ada: 1, bob: 2} {
		if got, _ := c.Participant(p); got.Stay != want {
			t.Errorf("%s is in stay %d, want %d", p, got.Stay, want)
		}
	}
}
