package conversation_test

import (
	"testing"
	"time"

	"parley/domain"
	"parley/domain/access"
	"parley/domain/conversation"
)

func shut(reason string, w access.Workflow) func(*state) ([]event, error) {
	return func(c *state) ([]event, error) { return c.Close(reason, w, now) }
}

func reopen(w access.Workflow) func(*state) ([]event, error) {
	return func(c *state) ([]event, error) { return c.Reopen("", w, now) }
}

func TestWorkflow(t *testing.T) {
	t.Parallel()
	closed := started(conversation.Closed{At: then})
	on, off := access.Workflow{}, access.Workflow{Off: true}
	run(t, map[string]scenario{
		"an active conversation closes, with a reason": {
			given: started(), when: shut(" done ", on), then: []event{conversation.Closed{Reason: "done", At: now}},
		},
		"a closed conversation does not close":   {given: closed, when: shut("", on), code: domain.CodeConversationClosed},
		"a closed conversation reopens":          {given: closed, when: reopen(on), then: []event{conversation.Reopened{At: now}}},
		"an active conversation does not reopen": {given: started(), when: reopen(on), code: domain.CodeConversationActive},
		"a reason with control characters is refused": {
			given: closed, when: shut("\x00", on), code: domain.CodeInvalid, wrong: []string{"/reason"},
		},
		"switched off, an active conversation does not close": {given: started(), when: shut("", off), code: domain.CodeWorkflowOff},
		"switched off, a closed conversation does not reopen": {given: closed, when: reopen(off), code: domain.CodeWorkflowOff},
		"switched off, a wrong transition is refused for that": {
			given: closed, when: shut("", off), code: domain.CodeWorkflowOff,
		},
		"switched off, a wrong reason is still what is wrong": {
			given: started(), when: shut("\x00", off), code: domain.CodeInvalid, wrong: []string{"/reason"},
		},
		"a deleted conversation is not found before the switch": {
			given: started(conversation.Deleted{At: then}), when: reopen(off), code: domain.CodeNotFound,
		},
	})
}

func TestAddMessage_to_a_closed_conversation(t *testing.T) {
	t.Parallel()
	write := func(m conversation.NewMessage, w access.Workflow) func(*state) ([]event, error) {
		m.Body = "hi"
		return func(c *state) ([]event, error) { return c.AddMessage(m, w, now) }
	}
	by := func(author, from domain.Person) conversation.NewMessage {
		return conversation.NewMessage{Author: author, From: from}
	}
	closed := started(conversation.Closed{At: then})
	off, reply := access.Workflow{Off: true}, access.Workflow{ReopenOnCustomerReply: true}
	reopened := conversation.Reopened{Cause: conversation.ByReply, At: now}
	run(t, map[string]scenario{
		"a customer user's reply reopens it where that is set": {
			given: closed, when: write(by(bob, bob), reply), then: []event{reopened, message(1, 1, bob, bob)},
		},
		"one who joins by the reply does so after the reopening": {
			given: closed, when: write(by(carl, carl), reply),
			then: append([]event{reopened}, append(welcome(carl), message(1, 1, carl, carl))...),
		},
		"a user's message does not": {given: closed, when: write(by(ada, ada), reply), code: domain.CodeConversationClosed},
		"a user's message in a customer user's name does not": {
			given: closed, when: write(by(ada, bob), reply), code: domain.CodeConversationClosed,
		},
		"a reply does not where that is not set": {given: closed, when: write(by(bob, bob), access.Workflow{}), code: domain.CodeConversationClosed},
		"a reply to an active one reopens nothing": {
			given: started(), when: write(by(bob, bob), reply), then: []event{message(1, 1, bob, bob)},
		},
		"switched off, it takes messages and stays closed": {
			given: closed, when: write(by(ada, ada), off), then: []event{message(1, 1, ada, ada)},
		},
		"switched off, a reply reopens nothing": {
			given: closed, when: write(by(bob, bob), access.Workflow{Off: true, ReopenOnCustomerReply: true}), then: []event{message(1, 1, bob, bob)},
		},
		"a deleted one takes no reply": {
			given: started(conversation.Closed{At: then}, conversation.Deleted{At: then}), when: write(by(bob, bob), reply), code: domain.CodeNotFound,
		},
	})
}

// welcome are the events by which somebody joins and becomes a context.
func welcome(p domain.Person) []event {
	return []event{
		conversation.ParticipantJoined{Person: p, At: now},
		conversation.ContextAttached{Context: domain.PersonRecord(p), At: now},
	}
}

func TestCloseIdle(t *testing.T) {
	t.Parallel()
	hour := access.Workflow{AutoCloseAfter: time.Hour} // now is an hour after then
	idle := func(w access.Workflow) func(*state) ([]event, error) {
		return func(c *state) ([]event, error) { return c.CloseIdle(w, now) }
	}
	late, last := then.Add(time.Second), then.Add(time.Minute)
	at := func(e conversation.MessageAdded, at time.Time) conversation.MessageAdded { e.At = at; return e }
	run(t, map[string]scenario{
		"one that is idle for as long as is set is closed": {
			given: started(), when: idle(hour), then: []event{conversation.Closed{Cause: conversation.ByInactivity, At: now}},
		},
		"one that is idle for a moment less is not":          {given: started(), when: idle(access.Workflow{AutoCloseAfter: time.Hour + 1})},
		"nothing is closed where nothing is set":             {given: started(), when: idle(access.Workflow{})},
		"nothing is closed where the workflow is off":        {given: started(), when: idle(access.Workflow{Off: true, AutoCloseAfter: time.Hour})},
		"a closed one is left alone":                         {given: started(conversation.Closed{At: then}), when: idle(hour)},
		"a deleted one is left alone":                        {given: started(conversation.Deleted{At: then}), when: idle(hour)},
		"one that never was is left alone":                   {given: fold(), when: idle(hour)},
		"a message is activity":                              {given: started(at(message(1, 1, bob, bob), late)), when: idle(hour)},
		"an internal note is activity":                       {given: started(at(message(1, 0, ada, ada), late)), when: idle(hour)},
		"reopening is activity":                              {given: started(conversation.Closed{At: then}, conversation.Reopened{At: late}), when: idle(hour)},
		"restoring is activity":                              {given: started(conversation.Deleted{At: then}, conversation.Restored{At: late}), when: idle(hour)},
		"what a clock puts before the last activity is none": {given: started(at(message(1, 1, bob, bob), last), at(message(2, 2, bob, bob), then)), when: idle(hour)},
		"renaming, people and contexts are no activity": {
			given: started(
				conversation.Renamed{Name: "x", At: last}, conversation.OwnerChanged{Owner: "eve", At: last},
				conversation.ParticipantJoined{Person: eve, At: last}, conversation.ContextAttached{Context: order, At: last}),
			when: idle(hour), then: []event{conversation.Closed{Cause: conversation.ByInactivity, At: now}},
		},
	})
}
