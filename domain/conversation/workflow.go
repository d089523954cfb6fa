package conversation

import (
	"strings"
	"time"

	"parley/domain"
	"parley/domain/access"
)

// Close ends the exchange of messages. Errors: not_found, invalid for the
// reason, workflow_off, conversation_closed when it is closed already.
func (c *Conversation) Close(reason string, w access.Workflow, now time.Time) ([]Event, error) {
	if err := c.transit(reason, w); err != nil {
		return nil, err
	}
	if err := c.open(); err != nil {
		return nil, err
	}
	return []Event{Closed{Reason: cleanReason(reason), At: now}}, nil
}

// Reopen lets messages in again. Errors: not_found, invalid for the reason,
// workflow_off, conversation_active when it is not closed.
func (c *Conversation) Reopen(reason string, w access.Workflow, now time.Time) ([]Event, error) {
	if err := c.transit(reason, w); err != nil {
		return nil, err
	}
	if c.Status == Active {
		return nil, domain.NewError(domain.CodeConversationActive, "The conversation is active; it needs no reopening.")
	}
	return []Event{Reopened{Reason: cleanReason(reason), At: now}}, nil
}

// CloseIdle closes the conversation if the workflow says that it has been idle
// for too long. Otherwise, and when it is not there or closed, nothing happens.
func (c *Conversation) CloseIdle(w access.Workflow, now time.Time) ([]Event, error) {
	if c.open() != nil || !w.ClosesIdle() || now.Sub(c.IdleSince) < w.AutoCloseAfter {
		return nil, nil
	}
	return []Event{Closed{Cause: ByInactivity, At: now}}, nil
}

// transit refuses what no transition takes.
func (c *Conversation) transit(reason string, w access.Workflow) error {
	if err := c.live(); err != nil {
		return err
	}
	var p domain.Problems
	p.At("/reason", CheckReason(reason))
	if err := p.Err(); err != nil {
		return err
	}
	if w.Off {
		return domain.NewError(domain.CodeWorkflowOff,
			"Your organization has switched closing and reopening off; messages can be added to every conversation.")
	}
	return nil
}

func cleanReason(reason string) string { return strings.TrimSpace(domain.NormalizeText(reason)) }
