package httpapi

import "parley/commands"

type transition struct {
	Reason string `json:"reason,omitempty" maxLength:"1000" doc:"Why; kept in the history."`
}

func (transition) mayBeLeftOut() {}

func (a *api) closeConversation() operation {
	op := answering[Conversation](operation{
		method: "POST", path: "/v1/conversations/{id}/close", id: "close-conversation", tag: tagConversations,
		summary: "Close: no more messages", success: 200, conditional: true, etagged: true,
	})
	return command(op, rightToTransition, func(c *call, body transition, req commands.Request) (answer, error) {
		id, err := c.conversation()
		if err != nil {
			return answer{}, err
		}
		closed, err := a.config.Commands.CloseConversation.Handle(c.r.Context(),
			commands.CloseConversation{Request: req, ID: id, Reason: body.Reason})
		return a.changed(c.actor, closed, err)
	})
}

func (a *api) reopenConversation() operation {
	op := answering[Conversation](operation{
		method: "POST", path: "/v1/conversations/{id}/reopen", id: "reopen-conversation", tag: tagConversations,
		summary: "Reopen: let messages in again", success: 200, conditional: true, etagged: true,
	})
	return command(op, rightToTransition, func(c *call, body transition, req commands.Request) (answer, error) {
		id, err := c.conversation()
		if err != nil {
			return answer{}, err
		}
		reopened, err := a.config.Commands.ReopenConversation.Handle(c.r.Context(),
			commands.ReopenConversation{Request: req, ID: id, Reason: body.Reason})
		return a.changed(c.actor, reopened, err)
	})
}
