package attachment

import (
	"time"

	"github.com/google/uuid"

	"parley/domain"
)

// Event is something that happened to a file.
type Event interface {
	domain.Event
	apply(*Attachment)
}

// Types is the manifest of the aggregate.
var Types = []domain.Type{
	domain.Of[UploadBegun](),
	domain.Of[Uploaded](),
	domain.Of[Held](),
	domain.Of[Released](),
	domain.Of[Discarded](),
	domain.Of[Removed](),
}

// UploadBegun says that a blob of that id may exist from now on. An upload that
// is repeated begins again, with another blob.
type UploadBegun struct {
	Organization string        `json:"organization"`
	Uploader     domain.Person `json:"uploader"`
	Blob         uuid.UUID     `json:"blob"`
	At           time.Time     `json:"at"`
}

// Uploaded says that the file is there: its blob is whole, synced, within the
// limits and, where there is a scanner, clean.
type Uploaded struct {
	Organization string        `json:"organization"`
	Uploader     domain.Person `json:"uploader"`
	File         File          `json:"file"`
	At           time.Time     `json:"at"`
}

// Held keeps the file for one message of a conversation. Holder is that message's
// command, the same for its repetitions; Call is one try of it.
type Held struct {
	Conversation uuid.UUID `json:"conversation"`
	Blob         uuid.UUID `json:"blob"`
	Holder       uuid.UUID `json:"holder"`
	Call         uuid.UUID `json:"call"`
	At           time.Time `json:"at"`
}

// Released ends what a call held, because its command was refused.
type Released struct {
	Blob uuid.UUID `json:"blob"`
	Call uuid.UUID `json:"call"`
	At   time.Time `json:"at"`
}

// Discarded decides that a blob is removed, for ever. With an organization, that
// of the file, it is the end of a purged file and needs nothing that was before.
type Discarded struct {
	Organization string    `json:"organization,omitempty"`
	Blob         uuid.UUID `json:"blob"`
	Reason       Reason    `json:"reason"`
	At           time.Time `json:"at"`
}

// EndsFile reports whether nothing before the event counts any more.
func (e Discarded) EndsFile() bool { return e.Organization != "" }

// Removed says that a blob is gone from the store.
type Removed struct {
	Blob uuid.UUID `json:"blob"`
	At   time.Time `json:"at"`
}

// Reason is why a blob is discarded.
type Reason string

// The reasons.
const (
	Refused   Reason = "refused"   // the upload failed, or was too large, of a wrong type, or a repetition
	Infected  Reason = "infected"  // the scanner found something
	Abandoned Reason = "abandoned" // nobody put it on a message in time
	Purged    Reason = "purged"    // its conversation was purged
)

// EventType implements domain.Event.
func (UploadBegun) EventType() string { return "attachment.upload-begun.v1" }

// EventType implements domain.Event.
func (Uploaded) EventType() string { return "attachment.uploaded.v1" }

// EventType implements domain.Event.
func (Held) EventType() string { return "attachment.held.v1" }

// EventType implements domain.Event.
func (Released) EventType() string { return "attachment.released.v1" }

// EventType implements domain.Event.
func (Discarded) EventType() string { return "attachment.discarded.v1" }

// EventType implements domain.Event.
func (Removed) EventType() string { return "attachment.removed.v1" }
