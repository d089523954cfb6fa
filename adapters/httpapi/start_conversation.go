package httpapi

import (
	"parley/commands"
	"parley/domain"
)

type startConversation struct {
	Name         *string        `json:"name,omitempty" maxLength:"255" doc:"May be left out with a source: then the labels of its type and of itself."`
	CustomerUser *string        `json:"customer_user,omitempty" doc:"May be left out when the source has one. Customer users leave it out."`
	Owner        *string        `json:"owner,omitempty" doc:"The caller, if left out."`
	Customer     *string        `json:"customer,omitempty" doc:"The customer user's, if left out."`
	Source       *recordChoice  `json:"source,omitempty" doc:"The record that the conversation is initiated from."`
	Contexts     []recordChoice `json:"contexts,omitempty" maxItems:"100" doc:"Records and people that it is about; repetitions fold."`
	Message      *firstMessage  `json:"message,omitempty" doc:"The first message. Customer users must send one."`
}

type firstMessage struct {
	Body        string   `json:"body" doc:"CommonMark subset; at most 32 KiB unless configured otherwise. @user:uma, or @[Uma User](user:uma) with %XX for any byte of the id, mentions a person (kind user or customer_user), who is told if they may view it."`
	Internal    *bool    `json:"internal,omitempty" doc:"Visible to users only. Customer users leave it out."`
	Attachments []string `json:"attachments,omitempty" maxItems:"10" doc:"Ids of files that the caller has uploaded and that are on no message yet."`
}

// recordChoice names a record, or a person as a context.
type recordChoice struct {
	Type string `json:"type"`
	ID   string `json:"id"`
}

func (r recordChoice) record() domain.Record { return domain.Record{Type: r.Type, ID: r.ID} }

func (s startConversation) command(req commands.Request) commands.StartConversation {
	c := commands.StartConversation{
		Request: req, Name: s.Name, Owner: s.Owner, CustomerUser: s.CustomerUser, Customer: s.Customer,
		Source: perhaps(s.Source, recordChoice.record),
	}
	if s.Contexts != nil {
		c.Contexts = shown(s.Contexts, recordChoice.record)
	}
	if s.Message != nil {
		c.Message = &commands.FirstMessage{Body: s.Message.Body, Internal: s.Message.Internal, Attachments: s.Message.Attachments}
	}
	return c
}

func (a *api) startConversation() operation {
	op := answering[Conversation](operation{
		method: "POST", path: "/v1/conversations", id: "start-conversation", tag: tagConversations,
		summary: "Start a conversation", success: 201, etagged: true, located: true,
	})
	return command(op, rightToCreate, func(c *call, body startConversation, req commands.Request) (answer, error) {
		started, err := a.config.Commands.StartConversation.Handle(c.r.Context(), body.command(req))
		ans, err := a.changed(c.actor, started, err)
		ans.status, ans.location = 201, "/v1/conversations/"+started.ID.String()
		return ans, err
	})
}
