package attachment

import (
	"time"

	"github.com/google/uuid"
)

// CleanUp discards a blob that nobody has used since a time: an upload that never
// ended, or a file that is not held. A held file is left alone, however old.
func (a *Attachment) CleanUp(blob uuid.UUID, since, now time.Time) ([]Event, error) {
	b := a.blob(blob)
	switch {
	case b == nil:
		return nil, nil
	case a.File == nil || a.File.Blob != blob:
		if b.Begun.After(since) {
			return nil, nil
		}
	case len(a.Holds) > 0 || a.Since.After(since):
		return nil, nil
	}
	return a.discard(blob, Abandoned, now), nil
}

// Discard discards a file that is held for a conversation of which is certain
// that no message of it has the file, or that all of its messages are gone.
// Nothing happens when it is not, or no longer, held for that one.
func (a *Attachment) Discard(blob, conversation uuid.UUID, why Reason, now time.Time) ([]Event, error) {
	if held, is := a.Conversation(); !is || held != conversation {
		return nil, nil
	}
	return a.discard(blob, why, now), nil
}

// Remove records that a discarded blob is gone from the store.
func (a *Attachment) Remove(blob uuid.UUID, now time.Time) ([]Event, error) {
	if b := a.blob(blob); b == nil || !b.Discarded {
		return nil, nil
	}
	return []Event{Removed{Blob: blob, At: now}}, nil
}

// Waits reports whether the blob's file has been held since before a time.
func (a *Attachment) Waits(blob uuid.UUID, since time.Time) bool {
	return a.IsThere() && a.File.Blob == blob && len(a.Holds) > 0 && !a.Since.After(since)
}
