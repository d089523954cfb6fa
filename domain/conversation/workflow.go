package conversation

import (
	"strings"
	"time"

	"parley/domain"
)

// Close ends the exchange of messages. Errors: not_found, invalid for the
// reason, conversation_closed when it is closed already.
func (c *Conversation) Close(reason string, now time.Time) ([]Event, error) {
	if err := c.live(); err != nil {
		return nil, err
	}
	if err := checkTransition(reason); err != nil {
		return nil, err
	}
	if err := c.open(); err != nil {
		return nil, err
	}
	return []Event{Closed{Reason: cleanReason(reason), At: now}}, nil
}

// Reopen lets messages in again. Errors: not_found, invalid for the reason,
// conversation_active when it is not closed.
func (c *Conversation) Reopen(reason string, now time.Time) ([]Event, error) {
	if err := c.live(); err != nil {
		return nil, err
	}
	if err := checkTransition(reason); err != nil {
		return nil, err
	}
	if c.Status == Active {
		return nil, domain.NewError(domain.CodeConversationActive, "The conversation is active; it needs no reopening.")
	}
	return []Event{Reopened{Reason: cleanReason(reason), At: now}}, nil
}

func checkTransition(reason string) error {
	var p domain.Problems
	p.At("/reason", CheckReason(reason))
	return p.Err()
}

func cleanReason(reason string) string { return strings.TrimSpace(domain.NormalizeText(reason)) }
