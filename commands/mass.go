package commands

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"parley/domain"
	"parley/domain/conversation"
	"parley/domain/eventlog"
)

// MaxMass bounds the conversations of one mass command.
const MaxMass = 100

// MassResult is what became of one id, in the order of the request. Err is nil
// where the command was done.
type MassResult struct {
	ID  string
	Err error
}

// MassAnswer has a result per id.
type MassAnswer struct {
	Results  []MassResult
	Position eventlog.Position
}

// massable refuses a mass command as a whole: for what is wrong with its shape,
// or more than [MaxMass] ids.
func massable(req Request, ids []string) error {
	problems := domain.Problems(slices.Clone(req.Shape))
	if len(ids) > MaxMass {
		problems.Merge([]domain.FieldError{{Pointer: "/ids", Detail: "must be at most 100 ids"}})
	}
	return problems.Err()
}

// each does a command to every conversation by itself, and says of those to which
// it was not done why not. Only the request as a whole is refused: as massable
// does, or for a key of another request.
func (c Conversations) each(ctx context.Context, req Request, ids []string, do func(one Request, id uuid.UUID) (eventlog.Position, error)) (MassAnswer, error) {
	if err := massable(req, ids); err != nil {
		return MassAnswer{}, err
	}
	if used := c.use(ctx, req); used.stream != "" && used.Fingerprint != fingerprintOf(req.Fingerprint) {
		return MassAnswer{}, errKeyReused
	}
	_, last, _ := c.Repository.Follower.Known()
	answer := MassAnswer{Results: make([]MassResult, len(ids)), Position: last}
	for i, id := range ids {
		if i > 0 && req.Hold != nil {
			req.Held = req.Hold()
		}
		position, err := c.one(ctx, req, id, do)
		answer.Results[i] = MassResult{ID: id, Err: err}
		answer.Position = max(answer.Position, position)
	}
	return answer, nil
}

func (c Conversations) one(ctx context.Context, req Request, id string, do func(Request, uuid.UUID) (eventlog.Position, error)) (eventlog.Position, error) {
	parsed, err := uuid.Parse(id)
	if err != nil {
		return eventlog.Start, notFound("conversation")
	}
	req.IfMatch = nil
	if err := c.Repository.enter(); err != nil {
		return eventlog.Start, err
	}
	defer c.Repository.leave()
	if used := c.use(ctx, req); used.stream != "" && used.stream != conversation.Stream(parsed) {
		req.Key += " " + parsed.String()
	}
	return do(req, parsed)
}

// use returns what the request's key was used for. A key belongs to one stream:
// that of the first conversation that was changed under it, so that another
// request is known; the other conversations get keys of their own from it.
func (c Conversations) use(ctx context.Context, req Request) prior {
	if req.Key == "" {
		return prior{}
	}
	return c.Repository.Keys.find(ctx, &req, scopeOf(req.Actor.Organization, req.Actor.Person, req.Key))
}
