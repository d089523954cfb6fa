package notification

import (
	"time"

	"github.com/google/uuid"

	"parley/domain"
)

// Event is something that happened to a notification.
type Event interface {
	domain.Event
	apply(*Notification)
}

// Types is the manifest of the aggregate.
var Types = []domain.Type{
	domain.Of[Decided](),
	domain.Of[AttemptStarted](),
	domain.Of[Sent](),
	domain.Of[AttemptFailed](),
	domain.Of[Dropped](),
}

// Decided says who is told of a source event, by which rule and template, and
// who is not and why. SourceAt is when the source event happened. Without
// recipients the notification is over.
type Decided struct {
	Organization    string      `json:"organization"`
	Source          uuid.UUID   `json:"source"`
	SourceType      string      `json:"source_type"`
	SourceAt        time.Time   `json:"source_at"`
	Conversation    uuid.UUID   `json:"conversation"`
	Rule            string      `json:"rule"`
	RuleVersion     int         `json:"rule_version"`
	Template        string      `json:"template"`
	TemplateVersion int         `json:"template_version"`
	Recipients      []Recipient `json:"recipients"`
	Skipped         []Skip      `json:"skipped"`
	At              time.Time   `json:"at"`
}

// Recipient is a person who is told, at the address they had then. Reason says
// why they are. In the events below, a recipient is named by their index.
type Recipient struct {
	Person  domain.Person `json:"person"`
	Address string        `json:"address"`
	Locale  string        `json:"locale,omitempty"`
	Reason  Reason        `json:"reason"`
}

// Skip is a person who is not told, and why.
type Skip struct {
	Person domain.Person `json:"person"`
	Reason Reason        `json:"reason"`
}

// Reason is why a person is told, or is not, or why a mail was given up.
type Reason string

// The reasons to be told and not to be told.
const (
	ReasonParticipant  Reason = "participant"
	ReasonMentioned    Reason = "mentioned"     // by the message, whether taking part or not
	ReasonNotMentioned Reason = "not_mentioned" // takes part, but by an edit only those are told whom it mentions
	ReasonAuthor       Reason = "author"        // wrote it, or is shown as its sender
	ReasonDisabled     Reason = "disabled"      // no longer works there
	ReasonUnknown      Reason = "unknown"       // never mirrored, or removed
	ReasonNoAddress    Reason = "no_address"    // has no email address
	ReasonInternal     Reason = "internal"      // may not see internal notes
	ReasonAlreadyRead  Reason = "already_read"  // has seen the message
	ReasonOff          Reason = "switched_off"  // the organization has switched conversations off; also a reason to give up
	ReasonMuted        Reason = "muted"         // wants no mail of the conversation
)

// The reasons to give a mail up.
const (
	ReasonRefused   Reason = "refused"   // the mail server refused it for good
	ReasonExhausted Reason = "exhausted" // tried as often as it is tried
	ReasonExpired   Reason = "expired"   // older than MaxAge when it could be sent
	ReasonRedacted  Reason = "redacted"  // its message was taken out of sight before it was sent
	ReasonRestored  Reason = "restored"  // owed by the log of a backup; see [Restored]
	ReasonPurged    Reason = "purged"    // the message is no longer there
)

// AttemptStarted claims a recipient for one attempt, numbered from 1.
type AttemptStarted struct {
	Recipient int       `json:"recipient"`
	Attempt   int       `json:"attempt"`
	At        time.Time `json:"at"`
}

// Sent says that the mail server accepted the mail.
type Sent struct {
	Recipient int       `json:"recipient"`
	Attempt   int       `json:"attempt"`
	MessageID string    `json:"message_id"`
	At        time.Time `json:"at"`
}

// AttemptFailed says that an attempt did not get through, and when the next one
// is due. Status is the mail server's reply code, or 0 when there was none.
type AttemptFailed struct {
	Recipient int       `json:"recipient"`
	Attempt   int       `json:"attempt"`
	Status    int       `json:"status,omitempty"`
	Detail    string    `json:"detail"`
	NextAt    time.Time `json:"next_at"`
	At        time.Time `json:"at"`
}

// Dropped gives a recipient's mail up for good.
type Dropped struct {
	Recipient int       `json:"recipient"`
	Reason    Reason    `json:"reason"`
	Status    int       `json:"status,omitempty"`
	Detail    string    `json:"detail,omitempty"`
	At        time.Time `json:"at"`
}

// EventType implements domain.Event.
func (Decided) EventType() string { return "notification.decided.v1" }

// EventType implements domain.Event.
func (AttemptStarted) EventType() string { return "notification.attempt-started.v1" }

// EventType implements domain.Event.
func (Sent) EventType() string { return "notification.sent.v1" }

// EventType implements domain.Event.
func (AttemptFailed) EventType() string { return "notification.attempt-failed.v1" }

// EventType implements domain.Event.
func (Dropped) EventType() string { return "notification.dropped.v1" }
