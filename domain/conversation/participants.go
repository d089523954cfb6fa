package conversation

import (
	"time"

	"parley/domain"
)

// AddParticipant makes a person take part. Nothing happens when they do.
func (c *Conversation) AddParticipant(p domain.Person, now time.Time) ([]Event, error) {
	if err := c.live(); err != nil {
		return nil, err
	}
	d := c.draft(now)
	d.join(p)
	return d.events, nil
}

// RemoveParticipant ends a person's part, also by their own leaving. Nothing
// happens when they take none.
func (c *Conversation) RemoveParticipant(p domain.Person, now time.Time) ([]Event, error) {
	if err := c.live(); err != nil {
		return nil, err
	}
	d := c.draft(now)
	d.leave(p)
	return d.events, nil
}
