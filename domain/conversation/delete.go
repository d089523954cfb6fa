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

// Purge takes a deleted conversation away for ever. Nothing happens when it is
// purged. Errors: not_found for one that was never started, conflict for one that
// is not deleted.
func (c *Conversation) Purge(now time.Time) ([]Event, error) {
	switch {
	case c.Purged:
		return nil, nil
	case !c.Exists():
		return nil, errNotFound
	case !c.Deleted:
		return nil, domain.NewError(domain.CodeConflict, "Only what is deleted can be purged; delete the conversation first.")
	}
	return []Event{Purged{Organization: c.Organization, At: now}}, nil
}
