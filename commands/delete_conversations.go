package commands

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"parley/domain"
	"parley/domain/eventlog"
)

// MaxMassDelete bounds the conversations of one mass delete.
const MaxMassDelete = 100

// DeleteConversations deletes many conversations, each by itself.
type DeleteConversations struct {
	Request
	IDs []string
}

// DeleteResult is what became of one id, in the order of the request. Err is nil
// for a deleted one.
type DeleteResult struct {
	ID  string
	Err error
}

// DeleteConversationsAnswer has a result per id.
type DeleteConversationsAnswer struct {
	Results  []DeleteResult
	Position eventlog.Position
}

// DeleteConversationsHandler handles [DeleteConversations].
type DeleteConversationsHandler struct{ Conversations }

// Handle deletes each conversation that the actor may delete, and says of the
// others why not. Only the request as a whole is refused: more than
// [MaxMassDelete] ids, or what is wrong with its shape.
func (h DeleteConversationsHandler) Handle(ctx context.Context, c DeleteConversations) (DeleteConversationsAnswer, error) {
	problems := domain.Problems(slices.Clone(c.Shape))
	if len(c.IDs) > MaxMassDelete {
		problems.Merge([]domain.FieldError{{Pointer: "/ids", Detail: "must be at most 100 ids"}})
	}
	if err := problems.Err(); err != nil {
		return DeleteConversationsAnswer{}, err
	}
	answer := DeleteConversationsAnswer{Results: make([]DeleteResult, len(c.IDs)), Position: h.Repository.Follower.Head()}
	for i, id := range c.IDs {
		done, err := h.delete(ctx, c, id)
		answer.Results[i] = DeleteResult{ID: id, Err: err}
		answer.Position = max(answer.Position, done.Position)
	}
	return answer, nil
}

func (h DeleteConversationsHandler) delete(ctx context.Context, c DeleteConversations, id string) (Done, error) {
	parsed, err := uuid.Parse(id)
	if err != nil {
		return Done{}, notFound("conversation")
	}
	one := DeleteConversation{Request: c.Request, ID: parsed}
	one.IfMatch = nil
	if c.Key != "" {
		// A key belongs to one stream: each conversation gets its own from it.
		one.Key = c.Key + " " + parsed.String()
	}
	return DeleteConversationHandler(h).Handle(ctx, one)
}
