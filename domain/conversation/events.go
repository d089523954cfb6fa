package conversation

import (
	"time"

	"github.com/google/uuid"

	"parley/domain"
	"parley/domain/attachment"
)

// Event is something that happened to a conversation.
type Event interface {
	domain.Event
	apply(*Conversation)
}

// Types is the manifest of the aggregate.
var Types = []domain.Type{
	domain.Of[Started](),
	domain.Of[Renamed](),
	domain.Of[OwnerChanged](),
	domain.Of[CustomerUserChanged](),
	domain.Of[SourceChanged](),
	domain.Of[ParticipantJoined](),
	domain.Of[ParticipantLeft](),
	domain.Of[ContextAttached](),
	domain.Of[ContextDetached](),
	domain.Of[MessageAdded](),
	domain.Of[MessageEdited](),
	domain.Of[MessageRedacted](),
	domain.Of[AttachmentBarred](),
	domain.Of[Closed](),
	domain.Of[Reopened](),
	domain.Of[Deleted](),
	domain.Of[Restored](),
	domain.Of[Purged](),
	domain.Of[Removed](),
}

// Started opens a conversation. Starter is the person who started it, and zero
// for an imported one, whose Import tells the line it came from. Participants
// and contexts follow as events of their own in the same append.
type Started struct {
	Organization string         `json:"organization"`
	Name         string         `json:"name"`
	Owner        string         `json:"owner"`
	CustomerUser string         `json:"customer_user"`
	Customer     string         `json:"customer"`
	Source       *domain.Record `json:"source,omitempty"`
	Starter      domain.Person  `json:"starter,omitzero"`
	Import       *Import        `json:"import,omitempty"`
	At           time.Time      `json:"at"`
}

// Import says which outside conversation an imported one is: its key, and a
// fingerprint of the line that brought it.
type Import struct {
	Key         string `json:"key"`
	Fingerprint string `json:"fingerprint"`
}

// Renamed gives the conversation another name.
type Renamed struct {
	Name string    `json:"name"`
	At   time.Time `json:"at"`
}

// OwnerChanged hands the conversation to another user.
type OwnerChanged struct {
	Owner string    `json:"owner"`
	At    time.Time `json:"at"`
}

// CustomerUserChanged gives the conversation another customer user, customer or
// both. The former customer user leaves by an event of its own.
type CustomerUserChanged struct {
	CustomerUser string    `json:"customer_user"`
	Customer     string    `json:"customer"`
	At           time.Time `json:"at"`
}

// SourceChanged ties the conversation to another source record, or to none.
type SourceChanged struct {
	Source *domain.Record `json:"source,omitempty"`
	At     time.Time      `json:"at"`
}

// ParticipantJoined makes a person take part, from now on or again.
type ParticipantJoined struct {
	Person domain.Person `json:"person"`
	At     time.Time     `json:"at"`
}

// ParticipantLeft ends a person's part: by leaving, removal or reassignment.
type ParticipantLeft struct {
	Person domain.Person `json:"person"`
	At     time.Time     `json:"at"`
}

// ContextAttached shows the conversation in a record's activities.
type ContextAttached struct {
	Context domain.Record `json:"context"`
	At      time.Time     `json:"at"`
}

// ContextDetached takes the conversation out of a record's activities.
type ContextDetached struct {
	Context domain.Record `json:"context"`
	At      time.Time     `json:"at"`
}

// MessageAdded adds a message. Author wrote it; From is who it is shown as.
// PublicNumber is 0 for an internal message. Mentions are the people whom the
// body mentions and who could view the message then.
type MessageAdded struct {
	Number       int              `json:"number"`
	PublicNumber int              `json:"public_number,omitempty"`
	Body         string           `json:"body"`
	From         domain.Person    `json:"from"`
	Author       domain.Person    `json:"author"`
	Internal     bool             `json:"internal,omitempty"`
	Mentions     []domain.Person  `json:"mentions,omitempty"`
	At           time.Time        `json:"at"`
	Attachments  attachment.Files `json:"attachments,omitempty"`
}

// MessageEdited gives a message another body; the one before stands in the event
// before. Numbers and Internal are the message's own. Mentions are the people
// whom this body mentions and no earlier one did, Mentioned those of earlier
// ones.
type MessageEdited struct {
	Number       int             `json:"number"`
	PublicNumber int             `json:"public_number,omitempty"`
	Body         string          `json:"body"`
	Internal     bool            `json:"internal,omitempty"`
	Mentions     []domain.Person `json:"mentions,omitempty"`
	Mentioned    []domain.Person `json:"mentioned,omitempty"`
	At           time.Time       `json:"at"`
}

// MessageRedacted takes a message's body and attachments out of sight, for good:
// nothing shows them any more but the history. Numbers and Internal are the message's own.
type MessageRedacted struct {
	Number       int       `json:"number"`
	PublicNumber int       `json:"public_number,omitempty"`
	Internal     bool      `json:"internal,omitempty"`
	At           time.Time `json:"at"`
}

// Cause says what made a transition happen by itself. It is empty where somebody
// asked for it.
type Cause string

// The causes.
const (
	ByReply      Cause = "reply"      // a customer user wrote to a closed conversation
	ByInactivity Cause = "inactivity" // nobody wrote for as long as is set
)

// AttachmentBarred decides that no message of the conversation will ever have the
// file, because the command that was to put it on one is gone.
type AttachmentBarred struct {
	Attachment uuid.UUID `json:"attachment"`
	At         time.Time `json:"at"`
}

// Closed ends the exchange of messages.
type Closed struct {
	Reason string    `json:"reason,omitempty"`
	Cause  Cause     `json:"cause,omitempty"`
	At     time.Time `json:"at"`
}

// Reopened lets messages in again. One that a reply caused stands right before
// what the reply added.
type Reopened struct {
	Reason string    `json:"reason,omitempty"`
	Cause  Cause     `json:"cause,omitempty"`
	At     time.Time `json:"at"`
}

// Deleted hides the conversation everywhere; its history is kept.
type Deleted struct {
	At time.Time `json:"at"`
}

// Restored brings a deleted conversation back.
type Restored struct {
	At time.Time `json:"at"`
}

// Purged takes a deleted conversation away for ever. It is the last event of its
// stream, and in time the only one.
type Purged struct {
	Organization string    `json:"organization"`
	At           time.Time `json:"at"`
}

// Removed says that the stream is no longer whole though nobody purged the
// conversation: somebody deleted or cut it with the event store's own tools. The
// system notices it and says so; who did it cannot be known, nor what was lost.
// The conversation is gone for ever then, as after a purge. It is the last event
// of its stream and needs none before it. Its metadata may name no organization.
type Removed struct {
	Reason string    `json:"reason,omitempty"` // what was found
	At     time.Time `json:"at"`               // when it was noticed
}

// EventType implements domain.Event.
func (Started) EventType() string { return "conversation.started.v1" }

// EventType implements domain.Event.
func (Renamed) EventType() string { return "conversation.renamed.v1" }

// EventType implements domain.Event.
func (OwnerChanged) EventType() string { return "conversation.owner-changed.v1" }

// EventType implements domain.Event.
func (CustomerUserChanged) EventType() string { return "conversation.customer-user-changed.v1" }

// EventType implements domain.Event.
func (SourceChanged) EventType() string { return "conversation.source-changed.v1" }

// EventType implements domain.Event.
func (ParticipantJoined) EventType() string { return "conversation.participant-joined.v1" }

// EventType implements domain.Event.
func (ParticipantLeft) EventType() string { return "conversation.participant-left.v1" }

// EventType implements domain.Event.
func (ContextAttached) EventType() string { return "conversation.context-attached.v1" }

// EventType implements domain.Event.
func (ContextDetached) EventType() string { return "conversation.context-detached.v1" }

// EventType implements domain.Event.
func (MessageAdded) EventType() string { return "conversation.message-added.v1" }

// EventType implements domain.Event.
func (MessageEdited) EventType() string { return "conversation.message-edited.v1" }

// EventType implements domain.Event.
func (MessageRedacted) EventType() string  { return "conversation.message-redacted.v1" }
func (AttachmentBarred) EventType() string { return "conversation.attachment-barred.v1" }

// EventType implements domain.Event.
func (Closed) EventType() string { return "conversation.closed.v1" }

// EventType implements domain.Event.
func (Reopened) EventType() string { return "conversation.reopened.v1" }

// EventType implements domain.Event.
func (Deleted) EventType() string { return "conversation.deleted.v1" }

// EventType implements domain.Event.
func (Restored) EventType() string { return "conversation.restored.v1" }

// EventType implements domain.Event.
func (Purged) EventType() string { return "conversation.purged.v1" }

// EventType implements domain.Event.
func (Removed) EventType() string { return "conversation.removed.v1" }
