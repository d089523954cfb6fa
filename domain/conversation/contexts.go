package conversation

import (
	"time"

	"parley/domain"
)

// AttachContext shows the conversation in a record's activities, also when it
// was removed from there before. Nothing happens when it is there already.
func (c *Conversation) AttachContext(r domain.Record, now time.Time) ([]Event, error) {
	if err := c.live(); err != nil {
		return nil, err
	}
	d := c.draft(now)
	d.attach(r)
	return d.events, nil
}

// DetachContext takes the conversation out of a record's activities, and keeps
// it from coming back there by itself. Nothing happens when it is not there.
func (c *Conversation) DetachContext(r domain.Record, now time.Time) ([]Event, error) {
	if err := c.live(); err != nil {
		return nil, err
	}
	if !c.HasContext(r) {
		return nil, nil
	}
	return []Event{ContextDetached{Context: r, At: now}}, nil
}
