package commands

import (
	"context"

	"github.com/google/uuid"

	"parley/domain"
	"parley/domain/access"
	"parley/domain/conversation"
)

// StartConversation starts a conversation. Nil means that the request does not
// say: the name then comes from the source, the owner is the caller (for a
// customer user the sales representative, else the default owner), the customer
// user is the caller or the source's, the customer the customer user's.
type StartConversation struct {
	Request
	Name         *string
	Owner        *string
	CustomerUser *string
	Customer     *string
	Source       *domain.Record
	Contexts     []domain.Record
	Message      *FirstMessage
}

// FirstMessage is the message that a conversation starts with. Internal is nil
// where the request does not say.
type FirstMessage struct {
	Body     string
	Internal *bool
	// Attachments are the ids of files that the actor has uploaded.
	Attachments []string
}

// StartConversationHandler handles [StartConversation].
type StartConversationHandler struct{ Conversations }

// Handle starts the conversation. It needs create, for a user reaching as far as
// the owner. A customer user starts for oneself only, and with a message.
// Errors: forbidden, invalid with all field errors.
func (h StartConversationHandler) Handle(ctx context.Context, c StartConversation) (ConversationAnswer, error) {
	id, err := c.id()
	if err != nil {
		return ConversationAnswer{}, err
	}
	if err := h.Repository.enter(); err != nil {
		return ConversationAnswer{}, err
	}
	defer h.Repository.leave()
	held, err := h.hold(ctx, c.Request, id, c.attachments())
	if err != nil {
		return ConversationAnswer{}, err
	}
	out, err := h.Repository.Update(ctx, id, c.Request, func(l loadedConversation) ([]conversation.Event, error) {
		start, err := h.prepare(ctx, c, held)
		if err != nil {
			return nil, err
		}
		return l.State.Start(start, l.Now)
	})
	held.settle(ctx, out.Repeated, err)
	if err != nil {
		return ConversationAnswer{}, err
	}
	if err := h.asStarted(ctx, c.Actor, id, &out); err != nil {
		return ConversationAnswer{}, err
	}
	return h.answer(ctx, c.Actor, id, out)
}

// id is random, or with a key the same for every repetition.
func (c StartConversation) id() (uuid.UUID, error) {
	if c.Key == "" {
		return uuid.NewV7()
	}
	p := c.Actor.Person
	return domain.DeriveID(c.Actor.Organization, "idempotency", string(p.Kind), p.ID, c.Key), nil
}

func (c StartConversation) attachments() []string {
	if c.Message == nil {
		return nil
	}
	return c.Message.Attachments
}

// prepare refuses in the contract's order and returns what is started.
func (h StartConversationHandler) prepare(ctx context.Context, c StartConversation, held holding) (conversation.Start, error) {
	if c.Actor.IsCustomer() && c.oversteps() {
		return conversation.Start{}, forbidden()
	}
	var problems domain.Problems
	problems.Merge(c.Shape)
	l := h.lookup(ctx, c.Actor, &problems)
	start := l.start(c, h.DefaultOwner)
	if m := start.Message; m != nil {
		m.MaxBytes, m.Attachments = l.messageBytes(), held.files
	}
	if l.err != nil {
		return conversation.Start{}, l.err
	}
	if err := h.permit(ctx, c, start); err != nil {
		return conversation.Start{}, err
	}
	problems.Merge(start.Check())
	problems.Merge(held.problems("/message/attachments"))
	if err := problems.Err(); err != nil || start.Message == nil {
		return start, err
	}
	var err error
	m := start.Message
	m.Mentions, err = h.mentioned(ctx, c.Actor, planned(start), m.Body, m.Internal)
	return start, err
}

// planned is the conversation that is started, as far as rights depend on it.
func planned(s conversation.Start) *conversation.Conversation {
	return &conversation.Conversation{
		Organization: s.Organization, Owner: s.Owner, CustomerUser: s.CustomerUser, Customer: s.Customer,
		Participants: []conversation.Participant{{Person: domain.User(s.Owner)}, {Person: domain.CustomerUser(s.CustomerUser)}},
	}
}

// permit refuses an actor who may not start a conversation of that owner, or not
// with such a message.
func (h StartConversationHandler) permit(ctx context.Context, c StartConversation, s conversation.Start) error {
	if m := s.Message; m != nil && !mayWrite(c.Actor, *m, c.Message.Internal != nil) {
		return forbidden()
	}
	facts, err := h.Directory.Facts(ctx, planned(s), c.Actor)
	if err == nil && !c.Actor.MayCreate(facts) {
		err = forbidden()
	}
	return err
}

// oversteps reports whether a customer user says what only users may say.
func (c StartConversation) oversteps() bool {
	return c.Owner != nil || c.Contexts != nil ||
		(c.CustomerUser != nil && *c.CustomerUser != c.Actor.Person.ID) ||
		(c.Customer != nil && *c.Customer != c.Actor.Customer)
}

// asStarted makes the outcome of a repetition the conversation as it was started
// where the actor may no longer see what it has become. Only its first message is
// as it stands: what was redacted is not shown again.
func (h StartConversationHandler) asStarted(ctx context.Context, actor access.Actor, id uuid.UUID, out *conversationOutcome) error {
	if !out.Repeated || !out.State.Exists() {
		return nil
	}
	facts, err := h.Directory.Facts(ctx, out.State, actor)
	if err != nil || actor.MayView(facts) {
		return err
	}
	now := out.State
	out.State = &conversation.Conversation{}
	for _, e := range out.Events {
		conversation.Aggregate.Apply(out.State, e)
	}
	if out.State.Last == nil {
		return nil
	}
	m, _, err := transcript{h.Repository, id, now}.message(ctx, domain.KindUser, 1)
	for _, last := range []**conversation.Message{&out.State.Last, &out.State.LastPublic} {
		if *last != nil {
			*last = &m
		}
	}
	return err
}
