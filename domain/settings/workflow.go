package settings

import (
	"time"

	"parley/domain"
	"parley/domain/access"
)

// MaxAutoClose bounds the inactivity after which a conversation is closed, in
// seconds: ten years.
const MaxAutoClose = 10 * 365 * 24 * 60 * 60

// NeverClose is the inactivity that closes nothing.
const NeverClose = 0

// WorkflowChange is what is to be otherwise in the workflow; nil leaves a value
// as it is. AutoCloseAfter is in seconds.
type WorkflowChange struct {
	Enabled               *bool  `json:"enabled,omitempty"`
	AutoCloseAfter        *int64 `json:"auto_close_after,omitempty"`
	ReopenOnCustomerReply *bool  `json:"reopen_on_customer_reply,omitempty"`
	CustomersMayClose     *bool  `json:"customers_may_close,omitempty"`
	CustomersMayReopen    *bool  `json:"customers_may_reopen,omitempty"`
}

func (c WorkflowChange) check(p *domain.Problems) {
	if s := c.AutoCloseAfter; s != nil && (*s < 0 || *s > MaxAutoClose) {
		p.At("/workflow/auto_close_after", "must be 1 to 315360000 seconds, or null to close nothing by itself")
	}
}

// from leaves of the change what differs from what is.
func (c WorkflowChange) from(w access.Workflow) WorkflowChange {
	return WorkflowChange{
		Enabled:               differing(!w.Off, c.Enabled),
		AutoCloseAfter:        differing(int64(w.AutoCloseAfter/time.Second), c.AutoCloseAfter),
		ReopenOnCustomerReply: differing(w.ReopenOnCustomerReply, c.ReopenOnCustomerReply),
		CustomersMayClose:     differing(w.CustomersMayClose, c.CustomersMayClose),
		CustomersMayReopen:    differing(w.CustomersMayReopen, c.CustomersMayReopen),
	}
}

// differing returns the wish if it is another than what is, else nil.
func differing[T comparable](is T, wish *T) *T {
	if wish == nil || *wish == is {
		return nil
	}
	return wish
}
