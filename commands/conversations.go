package commands

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"parley/domain"
	"parley/domain/access"
	"parley/domain/attachment"
	"parley/domain/conversation"
	"parley/domain/reader"
)

// Conversations is what the commands on conversations work with. All fields but
// the last two are required.
type Conversations struct {
	Repository *Repository[conversation.Conversation, conversation.Event]
	Readers    *Repository[reader.Reader, reader.Event]
	Files      *Repository[attachment.Attachment, attachment.Event]
	Directory  *Directory
	// DefaultOwner is the user who owns what customer users start that have no
	// sales representative.
	DefaultOwner string
	// Mentions finds the people whom the text of a message mentions, each once;
	// nil finds nobody.
	Mentions func(body string) []domain.Person
}

type (
	loadedConversation  = Loaded[conversation.Conversation]
	conversationOutcome = Outcome[conversation.Conversation, conversation.Event]
)

// rules are what one command refuses, and what it does then. refuse asks them in
// the order of the contract; each may be nil.
type rules struct {
	// find says that something besides the conversation is not there for the
	// actor.
	find func(loadedConversation) error
	// permit tells whether the actor may do this to a conversation in view.
	permit func(access.Facts, *conversation.Conversation) bool
	// check notes everything that is wrong with the input. An error of its own is
	// a fault.
	check func(*conversation.Conversation, *domain.Problems) error
	// decide refuses by state, or says what happens.
	decide func(loadedConversation) ([]conversation.Event, error)
	// deleted lets the command find deleted conversations, for those who may
	// delete.
	deleted bool
}

// update decides a command on one conversation.
func (c Conversations) update(ctx context.Context, req Request, id uuid.UUID, r rules) (conversationOutcome, error) {
	return c.Repository.Update(ctx, id, req, func(l loadedConversation) ([]conversation.Event, error) {
		if err := c.refuse(ctx, req, l, r); err != nil {
			return nil, err
		}
		return r.decide(l)
	})
}

// refuse is the one place of the contract's order of refusals: not there or not
// visible, not allowed, invalid (the shape's and the rules' errors together),
// another revision. Those by state are the decision's own, and come last.
func (c Conversations) refuse(ctx context.Context, req Request, l loadedConversation, r rules) error {
	facts, err := c.visible(ctx, req.Actor, l.State, r.deleted)
	if err != nil {
		return err
	}
	if r.find != nil {
		if err := r.find(l); err != nil {
			return err
		}
	}
	if r.permit != nil && !r.permit(facts, l.State) {
		return forbidden()
	}
	problems := domain.Problems(slices.Clone(req.Shape))
	if r.check != nil {
		if err := r.check(l.State, &problems); err != nil {
			return err
		}
	}
	if err := problems.Err(); err != nil {
		return err
	}
	return req.IfMatch.Check(l.Revision)
}

// visible returns what the actor's permissions on the conversation depend on, or
// that there is no such conversation for the actor.
func (c Conversations) visible(ctx context.Context, actor access.Actor, s *conversation.Conversation, deleted bool) (access.Facts, error) {
	if !s.Exists() || (s.Deleted && !deleted) {
		return access.Facts{}, notFound("conversation")
	}
	facts, err := c.Directory.Facts(ctx, s, actor)
	if err != nil {
		return access.Facts{}, err
	}
	if !actor.MayView(facts) || (s.Deleted && !actor.MayDelete(facts)) {
		return access.Facts{}, notFound("conversation")
	}
	return facts, nil
}

func notFound(thing string) *domain.Error {
	return domain.NewError(domain.CodeNotFound, "There is no such "+thing+", or you may not see it.")
}

func forbidden() error {
	return domain.NewError(domain.CodeForbidden, "You may not do this; ask somebody who may, or an administrator.")
}
