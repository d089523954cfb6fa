package access

import (
	"time"

	"parley/domain"
)

// Workflow is how an organization wants its conversations closed and reopened.
// The zero value is how it ships: on, and only users close and reopen, by hand.
type Workflow struct {
	// Off takes the workflow away: no transition is offered, and nothing blocks
	// messages.
	Off bool
	// AutoCloseAfter is the inactivity after which a conversation is closed; 0
	// is never.
	AutoCloseAfter time.Duration
	// ReopenOnCustomerReply lets a customer user write to a closed conversation,
	// which reopens it.
	ReopenOnCustomerReply bool
	// CustomersMayClose and CustomersMayReopen let customer users do that to
	// conversations in their view.
	CustomersMayClose, CustomersMayReopen bool
}

// Admits reports whether people of the kind may write to a closed conversation.
func (w Workflow) Admits(k domain.Kind) bool { return w.Off || w.ReopensFor(k) }

// ReopensFor reports whether a closed conversation is reopened by what people of
// the kind write.
func (w Workflow) ReopensFor(k domain.Kind) bool {
	return !w.Off && w.ReopenOnCustomerReply && k == domain.KindCustomerUser
}

// ClosesIdle reports whether conversations are closed after inactivity.
func (w Workflow) ClosesIdle() bool { return !w.Off && w.AutoCloseAfter > 0 }
