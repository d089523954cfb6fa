package reader

import (
	"time"

	"github.com/google/uuid"

	"parley/domain"
)

// Mute asks for no more mail of one conversation, or for mail again. Stay counts
// how often the person has joined it.
type Mute struct {
	Organization string
	Person       domain.Person
	Conversation uuid.UUID
	Stay         int
}

// Mutes reports whether the person has muted a conversation in the stay that
// they are in.
func (r *Reader) Mutes(conversation uuid.UUID, stay int) bool {
	return stay > 0 && r.Muted[conversation] == stay
}

// Mute begins it. Nothing happens when it has begun.
func (r *Reader) Mute(m Mute, now time.Time) []Event {
	if r.Mutes(m.Conversation, m.Stay) {
		return nil
	}
	return []Event{ConversationMuted{
		Organization: m.Organization, Person: m.Person, Conversation: m.Conversation, Stay: m.Stay, At: now,
	}}
}

// Unmute ends it. Nothing happens when it has ended, or never begun.
func (r *Reader) Unmute(m Mute, now time.Time) []Event {
	if !r.Mutes(m.Conversation, m.Stay) {
		return nil
	}
	return []Event{ConversationUnmuted{
		Organization: m.Organization, Person: m.Person, Conversation: m.Conversation, At: now,
	}}
}
