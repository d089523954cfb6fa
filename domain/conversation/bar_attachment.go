package conversation

import (
	"slices"
	"strconv"
	"time"

	"github.com/google/uuid"

	"parley/domain"
)

// BarAttachment decides that no message will ever have the file. Who decides it
// must have read the stream up to this very state, and found no message that
// does. It may be decided of a conversation that is deleted, or not even started;
// one that is purged takes no message anyway.
func (c *Conversation) BarAttachment(id uuid.UUID, now time.Time) ([]Event, error) {
	if c.Purged || slices.Contains(c.Barred, id) {
		return nil, nil
	}
	return []Event{AttachmentBarred{Attachment: id, At: now}}, nil
}

// checkBarred notes the files of a new message that are barred.
func (c *Conversation) checkBarred(m NewMessage, base string) error {
	var p domain.Problems
	for i, f := range m.Attachments {
		if slices.Contains(c.Barred, f.ID) {
			p.At(base+"/attachments/"+strconv.Itoa(i), "is not known")
		}
	}
	return p.Err()
}
