package commands

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"parley/domain"
	"parley/domain/conversation"
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
// [MaxMassDelete] ids, what is wrong with its shape, or a key of another request.
func (h DeleteConversationsHandler) Handle(ctx context.Context, c DeleteConversations) (DeleteConversationsAnswer, error) {
	problems := domain.Problems(slices.Clone(c.Shape))
	if len(c.IDs) > MaxMassDelete {
		problems.Merge([]domain.FieldError{{Pointer: "/ids", Detail: "must be at most 100 ids"}})
	}
	if err := problems.Err(); err != nil {
		return DeleteConversationsAnswer{}, err
	}
	if used := h.use(ctx, c.Request); used.stream != "" && used.Fingerprint != fingerprintOf(c.Fingerprint) {
		return DeleteConversationsAnswer{}, errKeyReused
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
	if used := h.use(ctx, c.Request); used.stream != "" && used.stream != conversation.Stream(parsed) {
		one.Key = c.Key + " " + parsed.String()
	}
	return DeleteConversationHandler(h).Handle(ctx, one)
}

// use returns what the request's key was used for. A key belongs to one stream:
// that of the first conversation that was deleted under it, so that another
// request is known; the other conversations get keys of their own from it.
func (h DeleteConversationsHandler) use(ctx context.Context, req Request) prior {
	if req.Key == "" {
		return prior{}
	}
	return h.Repository.Keys.find(ctx, &req, scopeOf(req.Actor.Organization, req.Actor.Person, req.Key))
}
