package httpapi

import "parley/commands"

// massIDs is the body of the mass commands that take nothing besides.
type massIDs struct {
	IDs []string `json:"ids" maxItems:"100" doc:"Ids of conversations."`
}

type massTransition struct {
	IDs    []string `json:"ids" maxItems:"100" doc:"Ids of conversations."`
	Reason string   `json:"reason,omitempty" maxLength:"1000" doc:"Why; kept in the history of each."`
}

type massAssign struct {
	IDs   []string `json:"ids" maxItems:"100" doc:"Ids of conversations."`
	Owner *string  `json:"owner" doc:"The user who is to own them."`
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

// needIDs adds to the request's shape that the ids are missing, if they are.
func needIDs(req *commands.Request, ids []string) []string {
	if ids == nil {
		req.Shape = append(req.Shape, missing("/ids"))
	}
	return ids
}

// massAnswer is the answer of a mass command whose parts succeed with a status.
func massAnswer(m commands.MassAnswer, success int, err error) (answer, error) {
	items := shown(m.Results, func(r commands.MassResult) MassItem {
		if r.Err == nil {
			return MassItem{ID: r.ID, Status: success}
		}
		p := NewProblem(r.Err)
		return MassItem{ID: r.ID, Status: p.Status, Problem: &p}
	})
	return answer{status: 200, body: MassResult{items}, position: m.Position}, err
}

func massOperation(what, summary string) operation {
	return answering[MassResult](operation{
		method: "POST", path: "/v1/conversations/" + what, id: what + "-conversations", tag: tagConversations,
		summary: summary, success: 200,
	})
}

func (a *api) deleteConversations() operation {
	op := massOperation("delete", "Delete many conversations, each by itself")
	return command(op, rightToDelete, func(c *call, body massIDs, req commands.Request) (answer, error) {
		ids := needIDs(&req, body.IDs)
		deleted, err := a.config.Commands.DeleteConversations.Handle(c.r.Context(), commands.DeleteConversations{Request: req, IDs: ids})
		return massAnswer(deleted, 204, err)
	})
}

func (a *api) closeConversations() operation {
	op := massOperation("close", "Close many conversations, each by itself")
	return command(op, rightToTransition, func(c *call, body massTransition, req commands.Request) (answer, error) {
		ids := needIDs(&req, body.IDs)
		closed, err := a.config.Commands.CloseConversations.Handle(c.r.Context(),
			commands.CloseConversations{Request: req, IDs: ids, Reason: body.Reason})
		return massAnswer(closed, 200, err)
	})
}

func (a *api) reopenConversations() operation {
	op := massOperation("reopen", "Reopen many conversations, each by itself")
	return command(op, rightToTransition, func(c *call, body massTransition, req commands.Request) (answer, error) {
		ids := needIDs(&req, body.IDs)
		reopened, err := a.config.Commands.ReopenConversations.Handle(c.r.Context(),
			commands.ReopenConversations{Request: req, IDs: ids, Reason: body.Reason})
		return massAnswer(reopened, 200, err)
	})
}

func (a *api) assignConversations() operation {
	op := massOperation("assign", "Give many conversations to one owner, each by itself")
	return command(op, rightToAssign, func(c *call, body massAssign, req commands.Request) (answer, error) {
		assign := commands.AssignConversations{IDs: needIDs(&req, body.IDs)}
		if body.Owner == nil {
			req.Shape = append(req.Shape, missing("/owner"))
		} else {
			assign.Owner = *body.Owner
		}
		assign.Request = req
		assigned, err := a.config.Commands.AssignConversations.Handle(c.r.Context(), assign)
		return massAnswer(assigned, 200, err)
	})
}

func (a *api) readConversations() operation {
	op := massOperation("read", "Mark many conversations read up to their last message, each by itself")
	return command(op, rightToView, func(c *call, body massIDs, req commands.Request) (answer, error) {
		ids := needIDs(&req, body.IDs)
		read, err := a.config.Commands.ReadConversations.Handle(c.r.Context(), commands.ReadConversations{Request: req, IDs: ids})
		return massAnswer(read, 204, err)
	})
}
