package notification

import (
	"time"

	"parley/domain"
)

// ClaimTimeout is after how long an attempt without an outcome counts as
// crashed, so that another one may start: longer than a mailer may take to send.
const ClaimTimeout = time.Minute

// MaxAge is how old a source event may be for a mail about it to be sent.
const MaxAge = 24 * time.Hour

// backOff is the wait after the first, second … failed attempt. After the last
// one the mail is given up.
var backOff = [...]time.Duration{
	30 * time.Second, 2 * time.Minute, 10 * time.Minute, 30 * time.Minute,
	time.Hour, 2 * time.Hour, 4 * time.Hour, 6 * time.Hour, 8 * time.Hour,
}

// Decide records the decision about a source event. Nothing happens when one
// was recorded before.
func (n *Notification) Decide(d Decided) ([]Event, error) {
	if n.Decided {
		return nil, nil
	}
	return []Event{d}, nil
}

// Claim starts the next attempt for a recipient, or drops what is too old to be
// sent. Nothing happens when the recipient is not due: somebody else has
// claimed it, it is over, or its time has not come. Error: not_found.
func (n *Notification) Claim(recipient int, now time.Time) ([]Event, error) {
	d, err := n.delivery(recipient)
	if err != nil {
		return nil, err
	}
	switch {
	case d.over() || now.Before(d.DueAt):
		return nil, nil
	case now.Sub(n.SourceAt) > MaxAge:
		return []Event{Dropped{Recipient: recipient, Reason: ReasonExpired, At: now}}, nil
	case d.Attempts > len(backOff):
		return []Event{Dropped{Recipient: recipient, Reason: ReasonExhausted, At: now}}, nil
	}
	return []Event{AttemptStarted{Recipient: recipient, Attempt: d.Attempts + 1, At: now}}, nil
}

// Forgo gives a recipient's mail up that is due, as when the organization has
// switched conversations off. Nothing happens to one that is over or under way. Error:
// not_found.
func (n *Notification) Forgo(recipient int, why Reason, now time.Time) ([]Event, error) {
	d, err := n.delivery(recipient)
	if err != nil || d.over() || now.Before(d.DueAt) {
		return nil, err
	}
	return []Event{Dropped{Recipient: recipient, Reason: why, At: now}}, nil
}

// Accept records that the mail server took the mail of an attempt. It counts
// also when another attempt has started since: the mail is out.
func (n *Notification) Accept(recipient, attempt int, messageID string, now time.Time) ([]Event, error) {
	d, err := n.delivery(recipient)
	if err != nil || d.over() {
		return nil, err
	}
	return []Event{Sent{Recipient: recipient, Attempt: attempt, MessageID: messageID, At: now}}, nil
}

// Failure is how an attempt ended that did not get through. Status is the mail
// server's reply code, or 0 when there was none; Permanent when another try
// would meet the same.
type Failure struct {
	Status    int
	Detail    string
	Permanent bool
}

// Fail records a failed attempt: the next one is due after the back-off, unless
// the failure is permanent or it was the last. Nothing happens when the attempt
// is no longer the one under way.
func (n *Notification) Fail(recipient, attempt int, f Failure, now time.Time) ([]Event, error) {
	d, err := n.delivery(recipient)
	if err != nil || d.State != Attempting || d.Attempts != attempt {
		return nil, err
	}
	give := func(why Reason) ([]Event, error) {
		return []Event{Dropped{Recipient: recipient, Reason: why, Status: f.Status, Detail: f.Detail, At: now}}, nil
	}
	switch {
	case f.Permanent:
		return give(ReasonRefused)
	case attempt > len(backOff):
		return give(ReasonExhausted)
	}
	return []Event{AttemptFailed{
		Recipient: recipient, Attempt: attempt, Status: f.Status, Detail: f.Detail,
		NextAt: now.Add(backOff[attempt-1]), At: now,
	}}, nil
}

// Withdraw gives a claimed mail up before it is sent. Nothing happens when the
// attempt is no longer the one under way.
func (n *Notification) Withdraw(recipient, attempt int, why Reason, now time.Time) ([]Event, error) {
	d, err := n.delivery(recipient)
	if err != nil || d.State != Attempting || d.Attempts != attempt {
		return nil, err
	}
	return []Event{Dropped{Recipient: recipient, Reason: why, At: now}}, nil
}

func (d Delivery) over() bool { return d.State == Delivered || d.State == GivenUp }

func (n *Notification) delivery(recipient int) (Delivery, error) {
	if recipient < 0 || recipient >= len(n.Deliveries) {
		return Delivery{}, domain.NewError(domain.CodeNotFound, "There is no such recipient.")
	}
	return n.Deliveries[recipient], nil
}
