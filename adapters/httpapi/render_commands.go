package httpapi

import (
	"parley/commands"
	"parley/domain/access"
	"parley/queries"
)

// What a command answers is shown as a query would show it: these turn the one
// into the other.

func askedPerson(p commands.NamedPerson) queries.Person { return queries.Person(p) }

func askedRecord(r commands.NamedRecord) queries.Record { return queries.Record(r) }

func askedParticipant(p commands.ParticipantAnswer) queries.Participant {
	return queries.Participant{Person: askedPerson(p.Person), ReadUpTo: p.ReadUpTo, Muted: p.Muted}
}

func askedMessage(m commands.MessageAnswer) queries.Message {
	return queries.Message{
		ID: m.ID, Number: m.Number, Body: m.Body, From: askedPerson(m.From),
		Author: perhaps(m.Author, askedPerson), Internal: m.Internal, At: m.At,
		EditedAt: m.EditedAt, Redacted: m.Redacted, Attachments: m.Attachments,
	}
}

func askedConversation(c commands.ConversationAnswer) queries.ConversationResult {
	return queries.ConversationResult{
		ID: c.ID, Name: c.Name, Status: c.Status, Owner: askedPerson(c.Owner),
		CustomerUser: askedPerson(c.CustomerUser), Customer: queries.Customer(c.Customer),
		Source: perhaps(c.Source, askedRecord), Contexts: shown(c.Contexts, askedRecord),
		Participants: shown(c.Participants, askedParticipant), MessageCount: c.MessageCount,
		LastMessage: perhaps(c.LastMessage, askedMessage), Unread: c.Unread, Mine: c.Mine,
		CreatedAt: c.CreatedAt, UpdatedAt: c.UpdatedAt, Revision: int64(c.Revision), Actions: c.Actions,
	}
}

// changed is the answer of a command that shows the conversation.
func (a *api) changed(actor access.Actor, c commands.ConversationAnswer, err error) (answer, error) {
	if err != nil {
		return answer{}, err
	}
	ans := a.conversationAnswer(actor, askedConversation(c))
	ans.position = c.Position
	return ans, nil
}
