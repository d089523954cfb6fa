package notification_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"parley/domain"
	"parley/domain/notification"
)

type event = notification.Event

var at = time.Date(2026, 6, 3, 7, 0, 0, 0, time.UTC)

// decided is a notification with one recipient, and what happened to it since.
func decided(events ...event) *notification.Notification {
	n := &notification.Notification{}
	first := notification.Decided{
		Organization: "acme", SourceAt: at, At: at,
		Recipients: []notification.Recipient{{Person: domain.User("ada"), Address: "ada@staff.example"}},
	}
	for _, e := range append([]event{first}, events...) {
		notification.Aggregate.Apply(n, e)
	}
	return n
}

func attempt(n int, when time.Time) event { return notification.AttemptStarted{Attempt: n, At: when} }

// decision is something decided about a notification.
type decision func(*notification.Notification) ([]event, error)

func claim(when time.Time) decision {
	return func(n *notification.Notification) ([]event, error) { return n.Claim(0, when) }
}

func forgo(when time.Time) decision {
	return func(n *notification.Notification) ([]event, error) { return n.Forgo(0, notification.ReasonOff, when) }
}

func fail(attempt int, f notification.Failure) decision {
	return func(n *notification.Notification) ([]event, error) { return n.Fail(0, attempt, f, at) }
}

func TestNotification(t *testing.T) {
	t.Parallel()
	accept := func(n *notification.Notification) ([]event, error) { return n.Accept(0, 1, "<id>", at) }
	withdraw := func(n *notification.Notification) ([]event, error) {
		return n.Withdraw(0, 1, notification.ReasonRedacted, at)
	}
	gone := func(n *notification.Notification) ([]event, error) { return n.Forgo(0, notification.ReasonPurged, at) }
	sent := notification.Sent{Attempt: 1, MessageID: "<id>", At: at}
	failed := notification.AttemptFailed{Attempt: 1, Status: 451, NextAt: at.Add(30 * time.Second), At: at}
	late := at.Add(notification.MaxAge + time.Second)
	for name, c := range map[string]struct {
		given *notification.Notification
		when  decision
		then  []event
	}{
		"a recipient who is due is claimed":                   {decided(), claim(at), []event{attempt(1, at)}},
		"a claimed recipient is not claimed again":            {decided(attempt(1, at)), claim(at.Add(notification.ClaimTimeout - time.Second)), nil},
		"a claim without an outcome runs out":                 {decided(attempt(1, at)), claim(at.Add(notification.ClaimTimeout)), []event{attempt(2, at.Add(notification.ClaimTimeout))}},
		"a sent mail is not claimed again":                    {decided(attempt(1, at), sent), claim(at.Add(time.Hour)), nil},
		"a failed attempt waits for its time":                 {decided(attempt(1, at), failed), claim(at.Add(29 * time.Second)), nil},
		"a failed attempt is tried again when it is time":     {decided(attempt(1, at), failed), claim(at.Add(30 * time.Second)), []event{attempt(2, at.Add(30*time.Second))}},
		"what is older than a day is dropped":                 {decided(), claim(late), []event{notification.Dropped{Reason: notification.ReasonExpired, At: late}}},
		"what crashed too often is dropped":                   {decided(attempt(10, at)), claim(at.Add(time.Hour)), []event{notification.Dropped{Reason: notification.ReasonExhausted, At: at.Add(time.Hour)}}},
		"what is due is given up while conversations are off": {decided(), forgo(at), []event{notification.Dropped{Reason: notification.ReasonOff, At: at}}},
		"what is under way is not given up":                   {decided(attempt(1, at)), forgo(at), nil},
		"what is over is not given up":                        {decided(attempt(1, at), sent), forgo(late), nil},
		"a mail whose message is gone is given up":            {decided(), gone, []event{notification.Dropped{Reason: notification.ReasonPurged, At: at}}},
		"an accepted mail is sent":                            {decided(attempt(1, at)), accept, []event{sent}},
		"an accepted mail is recorded once":                   {decided(attempt(1, at), sent), accept, nil},
		"a passing failure is tried again":                    {decided(attempt(1, at)), fail(1, notification.Failure{Status: 451}), []event{failed}},
		"a failure for good drops the mail": {
			decided(attempt(1, at)), fail(1, notification.Failure{Status: 550, Permanent: true}),
			[]event{notification.Dropped{Reason: notification.ReasonRefused, Status: 550, At: at}},
		},
		"after the last back-off the mail is dropped": {
			decided(attempt(10, at)), fail(10, notification.Failure{Status: 451}),
			[]event{notification.Dropped{Reason: notification.ReasonExhausted, Status: 451, At: at}},
		},
		"the outcome of an overtaken attempt does not count": {decided(attempt(2, at)), fail(1, notification.Failure{Permanent: true}), nil},
		"a mail is withdrawn before it is sent": {
			decided(attempt(1, at)), withdraw, []event{notification.Dropped{Reason: notification.ReasonRedacted, At: at}},
		},
		"an overtaken attempt withdraws nothing": {decided(attempt(2, at)), withdraw, nil},
		"a source event is decided once": {
			decided(), func(n *notification.Notification) ([]event, error) { return n.Decide(notification.Decided{}) }, nil,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := c.when(c.given)
			if diff := cmp.Diff(c.then, got); err != nil || diff != "" {
				t.Errorf("error %v, events (-want +got):\n%s", err, diff)
			}
		})
	}
}

func TestNotification_knows_no_other_recipients(t *testing.T) {
	t.Parallel()
	for _, i := range []int{-1, 1} {
		if _, err := decided().Claim(i, at); domain.CodeOf(err) != domain.CodeNotFound {
			t.Errorf("recipient %d: %v", i, err)
		}
	}
}

func TestNotifier_resumes_and_pauses_once(t *testing.T) {
	t.Parallel()
	n := &notification.Notifier{}
	step := func(want int, events []notification.NotifierEvent, err error) {
		t.Helper()
		if len(events) != want || err != nil {
			t.Fatalf("%d events, error %v; want %d", len(events), err, want)
		}
		for _, e := range events {
			notification.NotifierAggregate.Apply(n, e)
		}
	}
	for _, c := range []struct{ pause, resume int }{{0, 1}, {1, 1}} {
		events, err := n.Pause("acme", at)
		step(c.pause, events, err)
		events, err = n.Resume("acme", at)
		step(c.resume, events, err)
		events, err = n.Resume("acme", at)
		step(0, events, err)
	}
}
