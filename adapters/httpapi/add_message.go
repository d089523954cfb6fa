package httpapi

import (
	"parley/commands"
	"parley/domain"
)

type addMessage struct {
	Body        string        `json:"body" doc:"CommonMark subset; at most 32 KiB unless configured otherwise. @user:uma, or @[Uma User](user:uma) with %XX for any byte of the id, mentions a person (kind user or customer_user), who is told if they may view it."`
	From        *personChoice `json:"from,omitempty" doc:"The displayed sender; the caller, if left out."`
	Internal    *bool         `json:"internal,omitempty" doc:"Visible to users only. Customer users leave it out."`
	Attachments []string      `json:"attachments,omitempty" maxItems:"10" doc:"Ids of files that the caller has uploaded and that are on no message yet."`
}

// personChoice names a person.
type personChoice struct {
	Kind domain.Kind `json:"kind" enum:"user,customer_user"`
	ID   string      `json:"id"`
}

func (p personChoice) person() domain.Person { return domain.Person{Kind: p.Kind, ID: p.ID} }

func (a *api) addMessage() operation {
	op := answering[Message](operation{
		method: "POST", path: "/v1/conversations/{id}/messages", id: "add-message", tag: tagMessages,
		summary: "Add a message", success: 201, conditional: true,
	})
	return command(op, rightToAddMessage, func(c *call, body addMessage, req commands.Request) (answer, error) {
		id, err := c.conversation()
		if err != nil {
			return answer{}, err
		}
		added, err := a.config.Commands.AddMessage.Handle(c.r.Context(), commands.AddMessage{
			Request: req, ID: id, Body: body.Body, From: perhaps(body.From, personChoice.person), Internal: body.Internal,
			Attachments: body.Attachments,
		})
		if err != nil {
			return answer{}, err
		}
		return answer{status: 201, body: a.messageShape(askedMessage(added)), position: added.Position}, nil
	})
}
