package httpapi

import (
	"time"

	"parley/domain/access"
	"parley/domain/eventlog"
	"parley/queries"
)

// shown turns each answer into its shape. Arrays are never null.
func shown[A, S any](answers []A, shape func(A) S) []S {
	shapes := make([]S, len(answers))
	for i, a := range answers {
		shapes[i] = shape(a)
	}
	return shapes
}

// perhaps turns an answer into its shape where there is one.
func perhaps[A, S any](a *A, shape func(A) S) *S {
	if a == nil {
		return nil
	}
	s := shape(*a)
	return &s
}

func page[A, S any](answers []A, next string, shape func(A) S) answer {
	return answer{status: 200, body: pageOf(answers, next, shape)}
}

func pageOf[A, S any](answers []A, next string, shape func(A) S) Page[S] {
	p := Page[S]{Items: shown(answers, shape)}
	if next != "" {
		p.NextCursor = &next
	}
	return p
}

func personShape(p queries.Person) Person { return Person{Kind: p.Kind, ID: p.ID, Name: p.Name} }

func customerShape(c queries.Customer) Named { return Named{ID: c.ID, Name: c.Name} }

func recordTypeShape(t queries.RecordType) RecordType {
	return RecordType{Type: t.Type, Label: t.Label}
}

func recordShape(r queries.Record) Record {
	shape := Record{Type: r.Type, ID: r.ID, Label: r.Label}
	if r.URL != "" {
		shape.URL = &r.URL
	}
	return shape
}

func participantShape(p queries.Participant) Participant {
	return Participant{Person: personShape(p.Person), ReadUpTo: p.ReadUpTo, Muted: p.Muted}
}

func messageFacts(m queries.Message) MessageFacts {
	return MessageFacts{
		ID: m.ID, Number: m.Number, Body: m.Body,
		From: personShape(m.From), Author: perhaps(m.Author, personShape),
		Internal: m.Internal, At: m.At.UTC(), EditedAt: perhaps(m.EditedAt, time.Time.UTC), Redacted: m.Redacted,
		Attachments: shown(m.Attachments, attachmentShape),
	}
}

func (a *api) messageShape(m queries.Message) Message {
	shape := Message{MessageFacts: messageFacts(m)}
	if !m.Redacted {
		shape.HTML = a.config.Markup(m.Body)
	}
	return shape
}

func (a *api) lastMessageShape(m queries.Message) LastMessage {
	shape := LastMessage{MessageFacts: messageFacts(m)}
	if !m.Redacted {
		shape.Text = a.config.PlainText(m.Body)
	}
	return shape
}

// conversationFacts returns how a conversation is shown to people of the actor's
// kind: customer users get no revision.
func conversationFacts(actor access.Actor, c queries.ConversationResult) ConversationFacts {
	facts := ConversationFacts{
		ID: c.ID, Name: c.Name, Status: c.Status,
		Owner: personShape(c.Owner), CustomerUser: personShape(c.CustomerUser), Customer: customerShape(c.Customer),
		Source: perhaps(c.Source, recordShape), Contexts: shown(c.Contexts, recordShape),
		Participants: shown(c.Participants, participantShape), MessageCount: c.MessageCount,
		Unread: c.Unread, Mine: c.Mine, CreatedAt: c.CreatedAt.UTC(), UpdatedAt: c.UpdatedAt.UTC(),
		Actions: append([]access.Action{}, c.Actions...),
	}
	if !actor.IsCustomer() {
		facts.Revision = new(eventlog.Revision(c.Revision))
	}
	return facts
}

func (a *api) conversationShape(actor access.Actor, c queries.ConversationResult) Conversation {
	return Conversation{conversationFacts(actor, c), perhaps(c.LastMessage, a.messageShape)}
}

// listedShape returns how a conversation is shown in lists to people of the
// actor's kind.
func (a *api) listedShape(actor access.Actor) func(queries.ConversationResult) ListedConversation {
	return func(c queries.ConversationResult) ListedConversation {
		return ListedConversation{conversationFacts(actor, c), perhaps(c.LastMessage, a.lastMessageShape)}
	}
}

// conversationAnswer is an answer that carries one conversation.
func (a *api) conversationAnswer(actor access.Actor, c queries.ConversationResult) answer {
	return answer{
		status: 200, body: a.conversationShape(actor, c),
		revision: eventlog.Revision(c.Revision), etagged: !actor.IsCustomer(),
	}
}

func historyShape(i queries.HistoryItem) HistoryEvent {
	return HistoryEvent{
		Position: i.Position, Stream: i.Stream, Revision: i.Revision, Type: i.Type, Time: i.Time.UTC(),
		Actor: personShape(i.Actor), OnBehalfOf: perhaps(i.OnBehalfOf, personShape),
		CommandID: i.CommandID, CorrelationID: i.CorrelationID, CausationID: i.CausationID,
		Channel: i.Channel, Data: i.Data,
	}
}

func unreadShape(u queries.UnreadItem) UnreadConversation {
	return UnreadConversation{
		Conversation: u.Conversation, Name: u.Name, Snippet: u.Snippet, From: personShape(u.From), At: u.At.UTC(),
	}
}

func actorShape(a access.Actor) Person {
	return Person{Kind: a.Person.Kind, ID: a.Person.ID, Name: a.Name}
}
