package live

import (
	"errors"
	"strings"

	"github.com/google/uuid"

	"parley/domain"
	"parley/domain/conversation"
	"parley/domain/directory"
	"parley/domain/eventlog"
	"parley/domain/reader"
	"parley/domain/settings"
	"parley/projections"
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

// interpreter says what events mean to screens.
type interpreter struct{ decoded *projections.Decoded }

// hints returns what the events of a batch mean. An event that cannot be read
// here means nothing to screens.
func (i interpreter) hints(events []eventlog.Recorded) []hint {
	out := make([]hint, 0, len(events))
	for n := range events {
		if h, ok := i.hint(&events[n]); ok {
			out = append(out, h)
		}
	}
	return out
}

func (i interpreter) hint(r *eventlog.Recorded) (hint, bool) {
	meta, err := i.decoded.Meta(r)
	if err != nil {
		return hint{}, false
	}
	h := hint{position: r.Position, organization: meta.Organization}
	e, err := i.decoded.Event(r)
	if err != nil && !errors.Is(err, domain.ErrUnknownType) {
		return h, false
	}
	if id, ok := strings.CutPrefix(r.Stream, domain.StreamPrefix+conversation.Aggregate.Name+"-"); ok {
		h.readConversation(e)
		h.conversation, err = uuid.Parse(id)
		return h, err == nil
	}
	if strings.HasPrefix(r.Stream, domain.StreamPrefix+settings.Aggregate.Name+"-") {
		h.settings = true
		return h, true
	}
	return h, h.readOther(e)
}

// readConversation fills in what a conversation's event says; of one of an unknown
// type no more is known than that something has changed.
func (h *hint) readConversation(e domain.Event) {
	switch e := e.(type) {
	case conversation.MessageAdded:
		h.internal = e.Internal
	case conversation.MessageEdited:
		h.internal = e.Internal
	case conversation.MessageRedacted:
		h.internal = e.Internal
	case conversation.ParticipantJoined:
		h.member = e.Person
	case conversation.ParticipantLeft:
		h.member = e.Person
	case conversation.ContextAttached:
		h.record = e.Context
	case conversation.ContextDetached:
		h.record = e.Context
	}
}

// readOther fills in what other events say; most mean nothing to a screen.
func (h *hint) readOther(e domain.Event) bool {
	switch e := e.(type) {
	case reader.ConversationRead:
		h.conversation, h.reader = e.Conversation, e.Person
	case reader.AllRead:
		h.reader = e.Person
	case directory.RecordMirrored:
		h.record = domain.Record{Type: e.Type, ID: e.ID}
	case directory.RecordRemoved:
		h.record = domain.Record{Type: e.Type, ID: e.ID}
	case directory.PersonMirrored:
		h.record = domain.Record{Type: string(e.Kind), ID: e.ID}
	case directory.PersonRemoved:
		h.record = domain.Record{Type: string(e.Kind), ID: e.ID}
	default:
		return false
	}
	return true
}
