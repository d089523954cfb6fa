package conversation

import "time"

// RedactMessage takes the body of a message, given as it stands, out of sight
// with its attachments, also while the conversation is closed. One that is redacted stays so. Error:
// not_found.
func (c *Conversation) RedactMessage(m Message, now time.Time) ([]Event, error) {
	if err := c.live(); err != nil {
		return nil, err
	}
	if m.Redacted {
		return nil, nil
	}
	return []Event{MessageRedacted{
		Number: m.Number, PublicNumber: m.PublicNumber, Internal: m.Internal, At: now,
	}}, nil
}
