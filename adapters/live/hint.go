package live

import (
	"encoding/json"
	"strings"

	"github.com/google/uuid"

	"parley/domain"
	"parley/domain/conversation"
	"parley/domain/directory"
	"parley/domain/eventlog"
	"parley/domain/reader"
	"parley/domain/settings"
)

// hint is what one event means to screens, before anybody's rights are asked.
type hint struct {
	position     eventlog.Position
	organization string
	// conversation is what has changed, or been read; zero: no one of them.
	conversation uuid.UUID
	// internal marks a message that customer users must not notice.
	internal bool
	// reader is who has read something, which concerns nobody else.
	reader domain.Person
	// member is who joined or left the conversation.
	member domain.Person
	// record is what became or was a context of the conversation, or, without
	// one, a record that itself has changed.
	record domain.Record
	// settings marks a change of the organization's settings, which may change what
	// every screen shows and offers.
	settings bool
}

// hints returns what the events of a batch mean. An event that cannot be read
// here means nothing to screens.
func hints(events []eventlog.Recorded) []hint {
	out := make([]hint, 0, len(events))
	for i := range events {
		if h, ok := hintOf(&events[i]); ok {
			out = append(out, h)
		}
	}
	return out
}

func hintOf(e *eventlog.Recorded) (hint, bool) {
	h := hint{position: e.Position}
	var meta struct {
		Organization string `json:"organization"`
	}
	if json.Unmarshal(e.Metadata, &meta) != nil {
		return h, false
	}
	h.organization = meta.Organization
	read := func(into any) bool { return json.Unmarshal(e.Data, into) == nil }
	if id, ok := strings.CutPrefix(e.Stream, domain.StreamPrefix+conversation.Aggregate.Name+"-"); ok {
		parsed, err := uuid.Parse(id)
		h.conversation = parsed
		return h, err == nil && h.readConversation(e.Type, read)
	}
	if strings.HasPrefix(e.Stream, domain.StreamPrefix+settings.Aggregate.Name+"-") {
		h.settings = true
		return h, true
	}
	return h, h.readOther(e.Type, read)
}

// readConversation fills in what a conversation's event says.
func (h *hint) readConversation(eventType string, read func(any) bool) bool {
	switch eventType {
	case conversation.MessageAdded{}.EventType(), conversation.MessageEdited{}.EventType(), conversation.MessageRedacted{}.EventType():
		var e conversation.MessageRedacted
		ok := read(&e)
		h.internal = e.Internal
		return ok
	case conversation.ParticipantJoined{}.EventType(), conversation.ParticipantLeft{}.EventType():
		var e conversation.ParticipantJoined
		ok := read(&e)
		h.member = e.Person
		return ok
	case conversation.ContextAttached{}.EventType(), conversation.ContextDetached{}.EventType():
		var e conversation.ContextAttached
		ok := read(&e)
		h.record = e.Context
		return ok
	}
	return true
}

// readOther fills in what other events say; most mean nothing to a screen.
func (h *hint) readOther(eventType string, read func(any) bool) bool {
	switch eventType {
	case reader.ConversationRead{}.EventType():
		var e reader.ConversationRead
		ok := read(&e)
		h.conversation, h.reader = e.Conversation, e.Person
		return ok
	case reader.AllRead{}.EventType():
		var e reader.AllRead
		ok := read(&e)
		h.reader = e.Person
		return ok
	case directory.RecordMirrored{}.EventType(), directory.RecordRemoved{}.EventType():
		var e directory.RecordRemoved
		ok := read(&e)
		h.record = domain.Record{Type: e.Type, ID: e.ID}
		return ok
	case directory.PersonMirrored{}.EventType(), directory.PersonRemoved{}.EventType():
		var e directory.PersonRemoved
		ok := read(&e)
		h.record = domain.Record{Type: string(e.Kind), ID: e.ID}
		return ok
	}
	return false
}
