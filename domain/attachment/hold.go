package attachment

import (
	"time"

	"github.com/google/uuid"

	"parley/domain"
)

// CheckUse returns what is wrong with putting the file on a message of the
// holder's, or "". What is another's, or gone, is as unknown as what never was.
func (a *Attachment) CheckUse(organization string, person domain.Person, holder uuid.UUID) string {
	if !a.IsThere() || a.Organization != organization || a.Uploader != person {
		return "is not known"
	}
	for _, h := range a.Holds {
		if h.Holder != holder {
			return "is on a message already"
		}
	}
	return ""
}

// Hold keeps the file for a message. Error: invalid, at no place, as
// [Attachment.CheckUse] says.
func (a *Attachment) Hold(organization string, person domain.Person, h Held) ([]Event, error) {
	if wrong := a.CheckUse(organization, person, h.Holder); wrong != "" {
		return nil, domain.Invalid(domain.FieldError{Detail: wrong})
	}
	h.Blob = a.File.Blob
	return []Event{h}, nil
}

// Release ends what a call holds. Nothing happens once the file is discarded: its
// blob is never used again.
func (a *Attachment) Release(call uuid.UUID, now time.Time) ([]Event, error) {
	if !a.IsThere() {
		return nil, nil
	}
	for _, h := range a.Holds {
		if h.Call == call {
			return []Event{Released{Blob: h.Blob, Call: call, At: now}}, nil
		}
	}
	return nil, nil
}
