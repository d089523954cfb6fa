package attachment

import (
	"time"

	"github.com/google/uuid"

	"parley/domain"
)

// Begin names a blob before anything of it is written. A file that was uploaded
// already is left alone. Error: conflict for one that was purged.
func (a *Attachment) Begin(organization string, uploader domain.Person, blob uuid.UUID, now time.Time) ([]Event, error) {
	if a.Purged {
		return nil, domain.NewError(domain.CodeConflict, "What this request sent before was purged; send the file under another Idempotency-Key.")
	}
	if a.File != nil {
		return nil, nil
	}
	return []Event{UploadBegun{Organization: organization, Uploader: uploader, Blob: blob, At: now}}, nil
}

// Finish makes the file one that can be put on a message. Error: conflict when
// another upload was faster, or when this one took so long that its blob was
// discarded.
func (a *Attachment) Finish(f File, now time.Time) ([]Event, error) {
	if b := a.blob(f.Blob); a.File != nil || b == nil || b.Discarded {
		return nil, domain.NewError(domain.CodeConflict, "The upload was given up or is there already; send the file again.")
	}
	return []Event{Uploaded{Organization: a.Organization, Uploader: a.Uploader, File: f, At: now}}, nil
}

// GiveUp discards a blob that did not become the file. Nothing happens when it
// did, or when the blob is discarded or gone.
func (a *Attachment) GiveUp(blob uuid.UUID, why Reason, now time.Time) ([]Event, error) {
	if a.File != nil && a.File.Blob == blob {
		return nil, nil
	}
	return a.discard(blob, why, now), nil
}

func (a *Attachment) discard(blob uuid.UUID, why Reason, now time.Time) []Event {
	if b := a.blob(blob); b == nil || b.Discarded {
		return nil
	}
	d := Discarded{Blob: blob, Reason: why, At: now}
	if why == Purged && len(a.Blobs) == 1 { // another blob would be forgotten before it is removed
		d.Organization = a.Organization
	}
	return []Event{d}
}
