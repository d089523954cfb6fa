package attachment

import (
	"slices"
	"time"

	"github.com/google/uuid"

	"parley/domain"
)

// Attachment is the state that decisions on a file need.
type Attachment struct {
	Organization string
	Uploader     domain.Person
	File         *File // nil until uploaded
	Since        time.Time
	Blobs        []Blob // those that may be in the store
	Holds        []Held
	// Purged is final: all that is known then is which blob is yet to be removed.
	Purged bool
}

// Blob is a blob that may be in the store. Once discarded it is never used
// again.
type Blob struct {
	ID        uuid.UUID
	Begun     time.Time
	Discarded bool
}

// Aggregate tells how files are stored.
var Aggregate = domain.Aggregate[Attachment, Event]{
	Name:    "attachment",
	Types:   Types,
	Version: 3,
	Apply:   func(a *Attachment, e Event) { e.apply(a) },
	Copy:    (*Attachment).copy,
	Final:   isFinal,
	Size:    func(a *Attachment) int { return 512 + 64*len(a.Blobs) + 128*len(a.Holds) },
}

// Stream returns the name of a file's stream.
func Stream(id uuid.UUID) string { return domain.Stream(Aggregate.Name, id) }

// IsThere reports whether the file was uploaded and is not discarded.
func (a *Attachment) IsThere() bool {
	if a.File == nil {
		return false
	}
	b := a.blob(a.File.Blob)
	return b != nil && !b.Discarded
}

// Conversation returns the one for which the file is held, and whether it is.
func (a *Attachment) Conversation() (uuid.UUID, bool) {
	if len(a.Holds) == 0 {
		return uuid.Nil, false
	}
	return a.Holds[0].Conversation, true
}

// IsDiscarded reports whether a blob is to be removed.
func (a *Attachment) IsDiscarded(blob uuid.UUID) bool {
	b := a.blob(blob)
	return b != nil && b.Discarded
}

func (a *Attachment) blob(id uuid.UUID) *Blob {
	i := slices.IndexFunc(a.Blobs, func(b Blob) bool { return b.ID == id })
	if i < 0 {
		return nil
	}
	return &a.Blobs[i]
}

func (a *Attachment) copy() *Attachment {
	b := *a
	b.Blobs, b.Holds = slices.Clone(a.Blobs), slices.Clone(a.Holds)
	return &b
}

// isFinal tells the one event that needs none before it.
func isFinal(e Event) bool {
	d, is := e.(Discarded)
	return is && d.EndsFile()
}

func (e UploadBegun) apply(a *Attachment) {
	a.Organization, a.Uploader = e.Organization, e.Uploader
	a.Blobs = append(a.Blobs, Blob{ID: e.Blob, Begun: e.At})
}

func (e Uploaded) apply(a *Attachment) { a.File, a.Since = &e.File, e.At }

func (e Held) apply(a *Attachment) { a.Holds, a.Since = append(a.Holds, e), e.At }

func (e Released) apply(a *Attachment) {
	a.Holds = slices.DeleteFunc(a.Holds, func(h Held) bool { return h.Call == e.Call })
	a.Since = e.At
}

func (e Discarded) apply(a *Attachment) {
	if e.EndsFile() {
		*a = Attachment{Organization: e.Organization, Purged: true, Blobs: []Blob{{ID: e.Blob, Discarded: true}}}
		return
	}
	if b := a.blob(e.Blob); b != nil {
		b.Discarded = true
	}
}

func (e Removed) apply(a *Attachment) {
	a.Blobs = slices.DeleteFunc(a.Blobs, func(b Blob) bool { return b.ID == e.Blob })
}
