package httpapi

import "parley/commands"

func (a *api) deleteConversation() operation {
	op := operation{
		method: "DELETE", path: "/v1/conversations/{id}", id: "delete-conversation", tag: tagConversations,
		summary: "Delete a conversation; its history is kept", success: 204, conditional: true,
	}
	return command(op, rightToDelete, func(c *call, _ none, req commands.Request) (answer, error) {
		id, err := c.conversation()
		if err != nil {
			return answer{}, err
		}
		return done(a.config.Commands.DeleteConversation.Handle(c.r.Context(), commands.DeleteConversation{Request: req, ID: id}))
	})
}

func (a *api) restoreConversation() operation {
	op := answering[Conversation](operation{
		method: "POST", path: "/v1/conversations/{id}/restore", id: "restore-conversation", tag: tagConversations,
		summary: "Bring a deleted conversation back", success: 200, conditional: true, etagged: true,
	})
	return command(op, rightToRestore, func(c *call, _ none, req commands.Request) (answer, error) {
		id, err := c.conversation()
		if err != nil {
			return answer{}, err
		}
		restored, err := a.config.Commands.RestoreConversation.Handle(c.r.Context(), commands.RestoreConversation{Request: req, ID: id})
		return a.changed(c.actor, restored, err)
	})
}

type massDelete struct {
	IDs []string `json:"ids" maxItems:"100" doc:"Ids of conversations."`
}

// MassResult says what became of each part of a mass command.
type MassResult struct {
	Results []MassItem `json:"results"`
}

// MassItem is what became of one conversation.
type MassItem struct {
	ID      string   `json:"id"`
	Status  int      `json:"status" doc:"The status that the command would have had by itself."`
	Problem *Problem `json:"problem,omitempty"`
}

func massItem(r commands.DeleteResult) MassItem {
	if r.Err == nil {
		return MassItem{ID: r.ID, Status: 204}
	}
	p := NewProblem(r.Err)
	return MassItem{ID: r.ID, Status: p.Status, Problem: &p}
}

func (a *api) deleteConversations() operation {
	op := answering[MassResult](operation{
		method: "POST", path: "/v1/conversations/delete", id: "delete-conversations", tag: tagConversations,
		summary: "Delete many conversations, each by itself", success: 200,
	})
	return command(op, rightToDelete, func(c *call, body massDelete, req commands.Request) (answer, error) {
		if body.IDs == nil {
			req.Shape = append(req.Shape, missing("/ids"))
		}
		deleted, err := a.config.Commands.DeleteConversations.Handle(c.r.Context(), commands.DeleteConversations{Request: req, IDs: body.IDs})
		return answer{status: 200, body: MassResult{shown(deleted.Results, massItem)}, position: deleted.Position}, err
	})
}
