package commands_test

import (
	"testing"

	"parley/domain"
	"parley/domain/conversation"
	"parley/domain/settings"
)

func TestWorkflow(t *testing.T) {
	t.Parallel()
	closed := []event{conversation.Closed{}}
	newWorld(t).play(map[string]scenario{
		"a user closes with a reason":          {when: shut(eve, "done"), then: []event{conversation.Closed{Reason: "done"}}},
		"a user reopens":                       {given: closed, when: reopen(eve), then: []event{conversation.Reopened{}}},
		"a closed one does not close":          {given: closed, when: shut(ada, ""), code: domain.CodeConversationClosed},
		"an active one does not reopen":        {when: reopen(ada), code: domain.CodeConversationActive},
		"a customer user does not close":       {when: shut(bob, ""), code: domain.CodeForbidden},
		"a customer user does not reopen":      {given: closed, when: reopen(bob), code: domain.CodeForbidden},
		"who does not see it does not find it": {when: shut(olga, ""), code: domain.CodeNotFound},
		"a reason with control characters is invalid": {
			given: closed, when: shut(ada, "\x00"), code: domain.CodeInvalid, wrong: []string{"/reason"},
		},
	})
}

func TestWorkflow_as_it_is_set_for_customers(t *testing.T) {
	t.Parallel()
	w, closed := newWorld(t), []event{conversation.Closed{}}
	reply := func(who domain.Person) []event {
		return []event{conversation.Reopened{Cause: conversation.ByReply}, said(1, 1, who, who, "hi")}
	}
	w.set(settings.Change{Workflow: settings.WorkflowChange{CustomersMayClose: new(true)}})
	w.play(map[string]scenario{
		"the customer user closes":             {when: shut(bob, "thanks"), then: []event{conversation.Closed{Reason: "thanks"}}},
		"who views it closes":                  {when: shut(boss, ""), then: closed},
		"who does not view it does not":        {when: shut(olga, ""), code: domain.CodeNotFound},
		"who may close may not reopen":         {given: closed, when: reopen(bob), code: domain.CodeForbidden},
		"closed twice is refused by the state": {given: closed, when: shut(bob, ""), code: domain.CodeConversationClosed},
	})
	w.set(settings.Change{Workflow: settings.WorkflowChange{
		CustomersMayClose: new(false), CustomersMayReopen: new(true), ReopenOnCustomerReply: new(true),
	}})
	w.play(map[string]scenario{
		"the customer user reopens":             {given: closed, when: reopen(bob), then: []event{conversation.Reopened{}}},
		"who may reopen may not close":          {when: shut(bob, ""), code: domain.CodeForbidden},
		"a reply reopens and is in":             {given: closed, when: say(bob), then: reply(bob)},
		"a user's message does not":             {given: closed, when: say(ada), code: domain.CodeConversationClosed},
		"who does not view it does not":         {given: closed, when: say(olga), code: domain.CodeNotFound},
		"a reply to an active one is a message": {when: say(bob), then: []event{said(1, 1, bob, bob, "hi")}},
	})
}

func TestWorkflow_switched_off(t *testing.T) {
	t.Parallel()
	w, closed := newWorld(t), []event{conversation.Closed{}}
	w.set(settings.Change{Workflow: settings.WorkflowChange{Enabled: new(false), CustomersMayReopen: new(true), ReopenOnCustomerReply: new(true)}})
	w.play(map[string]scenario{
		"a user does not close":                     {when: shut(ada, ""), code: domain.CodeWorkflowOff},
		"a user does not reopen":                    {given: closed, when: reopen(ada), code: domain.CodeWorkflowOff},
		"nor does a customer user who may":          {given: closed, when: reopen(bob), code: domain.CodeWorkflowOff},
		"who may not is told that first":            {when: shut(bob, ""), code: domain.CodeForbidden},
		"a closed one takes messages":               {given: closed, when: say(ada), then: []event{said(1, 1, ada, ada, "hi")}},
		"a customer user's message reopens nothing": {given: closed, when: say(bob), then: []event{said(1, 1, bob, bob, "hi")}},
	})
}
