package commands

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"parley/domain"
	"parley/domain/access"
	"parley/domain/conversation"
	"parley/domain/reader"
)

// answer shows a command's outcome to the actor. Who can no longer see the
// conversation, as after a repetition or a reassignment of oneself, is shown
// nothing of what it has become.
func (c Conversations) answer(ctx context.Context, actor access.Actor, id uuid.UUID, out conversationOutcome) (ConversationAnswer, error) {
	if !out.State.Exists() {
		return ConversationAnswer{}, notFound("conversation")
	}
	facts, err := c.Directory.Facts(ctx, out.State, actor)
	if err != nil {
		return ConversationAnswer{}, err
	}
	if out.Repeated && !actor.MayView(facts) {
		return ConversationAnswer{}, notFound("conversation")
	}
	v := view{Conversations: c, ctx: ctx, actor: actor, id: id}
	a := v.conversation(out.State, facts)
	a.Revision, a.Position = out.Revision, out.Position
	return a, v.err
}

// view resolves names, cursors and rights for one answer. The first fault stays
// in err; what is built then is not used.
type view struct {
	Conversations
	ctx   context.Context
	actor access.Actor
	id    uuid.UUID
	err   error
}

func (v *view) conversation(s *conversation.Conversation, facts access.Facts) ConversationAnswer {
	kind := v.actor.Person.Kind
	a := ConversationAnswer{
		ID: v.id, Name: s.Name, Status: s.Status,
		Owner: v.person(domain.User(s.Owner)), CustomerUser: v.person(domain.CustomerUser(s.CustomerUser)),
		Customer: v.customer(s.Customer), Source: v.source(s.Source),
		Contexts: v.contexts(s.Contexts), Participants: v.participants(s),
		MessageCount: s.Count(kind), LastMessage: v.last(s),
		Mine:      facts.Participant || s.Starter == v.actor.Person,
		CreatedAt: s.CreatedAt, UpdatedAt: s.UpdatedAt,
		Actions: v.actor.Actions(facts),
	}
	if v.actor.IsCustomer() {
		a.UpdatedAt = s.PublicUpdatedAt
	}
	if p, in := s.Participant(v.actor.Person); in {
		a.Unread = s.Count(kind) - v.cursor(p)
	}
	return a
}

// participants are all who take part now; a customer user is shown oneself only.
func (v *view) participants(s *conversation.Conversation) []ParticipantAnswer {
	shown := []ParticipantAnswer{}
	for _, p := range s.Participants {
		if p.Left || (v.actor.IsCustomer() && p.Person != v.actor.Person) {
			continue
		}
		shown = append(shown, v.participant(s, p))
	}
	return shown
}

// participant shows the cursor of a customer user to users in their numbering.
func (v *view) participant(s *conversation.Conversation, p conversation.Participant) ParticipantAnswer {
	a := ParticipantAnswer{Person: v.person(p.Person), ReadUpTo: v.cursor(p)}
	if p.Person.Kind == domain.KindCustomerUser && !v.actor.IsCustomer() {
		a.ReadUpTo = s.Overall(a.ReadUpTo)
	}
	v.reading(p, func(r *reader.Reader) { a.Muted = r.Mutes(v.id, p.Stay) })
	return a
}

// cursor is how far the participant has read, in the participant's numbering.
func (v *view) cursor(p conversation.Participant) (cursor int) {
	v.reading(p, func(r *reader.Reader) { cursor = r.Cursor(v.id, p.OwnRead) })
	return cursor
}

// reading looks at what the participant has read anywhere.
func (v *view) reading(p conversation.Participant, look func(*reader.Reader)) {
	v.keep(v.Readers.View(v.ctx, reader.ID(v.actor.Organization, p.Person), func(l Loaded[reader.Reader]) { look(l.State) }))
}

func (v *view) last(s *conversation.Conversation) *MessageAnswer {
	m := s.LastOf(v.actor.Person.Kind)
	if m == nil {
		return nil
	}
	return new(v.message(*m))
}

func (v *view) message(m conversation.Message) MessageAnswer {
	a := MessageAnswer{
		ID:     conversation.MessageID(v.id, m.Number, m.PublicNumber),
		Number: m.NumberFor(v.actor.Person.Kind), Body: m.Body, From: v.person(m.From), Internal: m.Internal,
		At: m.At, EditedAt: m.EditedAt, Redacted: m.Redacted, Attachments: m.Attachments,
	}
	if !v.actor.IsCustomer() {
		a.Author = new(v.person(m.Author))
	}
	return a
}

// contexts are those that the actor may view: users all, customer users theirs.
func (v *view) contexts(records []domain.Record) []NamedRecord {
	shown := make([]NamedRecord, 0, len(records))
	for _, r := range records {
		if v.sees(r) {
			shown = append(shown, v.record(r))
		}
	}
	return slices.Clip(shown)
}

// source keeps its label for those who may not view it, without the link.
func (v *view) source(r *domain.Record) *NamedRecord {
	if r == nil {
		return nil
	}
	shown := v.record(*r)
	if !v.sees(*r) {
		shown.URL = ""
	}
	return &shown
}

func (v *view) sees(r domain.Record) bool {
	if !v.actor.IsCustomer() {
		return true
	}
	sees, err := v.Directory.MayViewRecord(v.ctx, v.actor, r)
	v.keep(err)
	return sees
}

func (v *view) record(r domain.Record) NamedRecord {
	known, err := v.Directory.Record(v.ctx, v.actor.Organization, r)
	v.keep(err)
	shown := NamedRecord{Record: r, Label: known.Label, URL: known.URL}
	if known.Removed {
		shown.URL = ""
	}
	return shown
}

func (v *view) person(p domain.Person) NamedPerson {
	known, err := v.Directory.Person(v.ctx, v.actor.Organization, p)
	v.keep(err)
	return NamedPerson{Person: p, Name: known.Name}
}

func (v *view) customer(id string) NamedCustomer {
	if id == "" {
		return NamedCustomer{}
	}
	known, err := v.Directory.Customer(v.ctx, v.actor.Organization, id)
	v.keep(err)
	return NamedCustomer{ID: id, Name: known.Name}
}

func (v *view) keep(err error) {
	if v.err == nil {
		v.err = err
	}
}
