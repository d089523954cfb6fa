package conversation

import (
	"time"

	"parley/domain"
)

var errNotFound = domain.NewError(domain.CodeNotFound, "There is no such conversation.")

// Delete hides the conversation everywhere; its history is kept. Nothing happens
// when it is deleted; one that was never started is not found.
func (c *Conversation) Delete(now time.Time) ([]Event, error) {
	if !c.Exists() {
		return nil, errNotFound
	}
	if c.Deleted {
		return nil, nil
	}
	return []Event{Deleted{At: now}}, nil
}

// Restore brings a deleted conversation back as it was. Nothing happens when it
// is not deleted; one that was never started is not found.
func (c *Conversation) Restore(now time.Time) ([]Event, error) {
	if !c.Exists() {
		return nil, errNotFound
	}
	if !c.Deleted {
		return nil, nil
	}
	return []Event{Restored{At: now}}, nil
}
