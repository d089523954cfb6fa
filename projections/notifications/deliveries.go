package notifications

import (
	"time"

	"parley/domain/notification"
	"parley/projections"
)

func (b *batch) decided(e notification.Decided, m projections.Meta) {
	b.flushQueued()
	b.add(takeFromQueue, e.Source.String())
	b.add(forgetMentions, e.Source.String())
	for i, r := range e.Recipients {
		b.add(insertDelivery, m.Aggregate(), i, e.Organization, e.Conversation.String(), e.Source.String(),
			string(r.Person.Kind), r.Person.ID, r.Address, string(notification.Pending), e.At.UnixMicro(), e.At.UnixMicro())
	}
	if len(e.Recipients) == 0 {
		b.add(forgetMessage, e.Source.String())
	}
}

func (b *batch) attemptStarted(e notification.AttemptStarted, m projections.Meta) {
	due := e.At.Add(notification.ClaimTimeout).UnixMicro()
	b.change(m, e.Recipient, notification.Attempting, e.Attempt, due, "", e.At)
}

func (b *batch) sent(e notification.Sent, m projections.Meta) {
	b.change(m, e.Recipient, notification.Delivered, e.Attempt, nil, "", e.At)
}

func (b *batch) attemptFailed(e notification.AttemptFailed, m projections.Meta) {
	b.change(m, e.Recipient, notification.Pending, e.Attempt, e.NextAt.UnixMicro(), e.Detail, e.At)
}

func (b *batch) dropped(e notification.Dropped, m projections.Meta) {
	b.add(dropDelivery, string(notification.GivenUp), string(e.Reason), e.At.UnixMicro(),
		m.Aggregate(), e.Recipient)
}

// change sets the state of a delivery; a nil due says that nothing is left to do.
func (b *batch) change(m projections.Meta, recipient int, s notification.State, attempts int, due any, detail string, at time.Time) {
	b.add(changeDelivery, string(s), attempts, due, detail, at.UnixMicro(), m.Aggregate(), recipient)
}
