package conversation

import (
	"time"

	"parley/domain"
)

// Delete hides the conversation everywhere; its history is kept. A deleted one
// is not found.
func (c *Conversation) Delete(now time.Time) ([]Event, error) {
	if err := c.live(); err != nil {
		return nil, err
	}
	return []Event{Deleted{At: now}}, nil
}

// Restore brings a deleted conversation back as it was. Nothing happens when it
// is not deleted; one that was never started is not found.
func (c *Conversation) Restore(now time.Time) ([]Event, error) {
	if !c.Exists() {
		return nil, domain.NewError(domain.CodeNotFound, "There is no such conversation.")
	}
	if !c.Deleted {
		return nil, nil
	}
	return []Event{Restored{At: now}}, nil
}
