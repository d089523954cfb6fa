package commands

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"parley/domain"
	"parley/domain/conversation"
	"parley/domain/eventlog"
	"parley/domain/notification"
)

// DeliverNotification attempts one delivery that is due.
type DeliverNotification struct{ Due notification.Due }

// DeliverNotificationHandler handles [DeliverNotification].
type DeliverNotificationHandler struct {
	Notifications *Repository[notification.Notification, notification.Event]
	Conversations *Repository[conversation.Conversation, conversation.Event]
	Directory     *Directory
	Mailer        notification.Mailer
}

// Handle claims the delivery by an event at the exact revision, so that no other
// instance attempts it too, sends, and records the outcome. A crash between the
// mail server's acceptance and the record of it is the one way to send twice;
// the second mail then has the same Message-ID. A delivery that is over, not
// due or claimed elsewhere is left alone; one of an organization that has switched
// conversations off is given up. The mail says what the message says now; of one
// that is redacted or gone there is none.
func (h DeliverNotificationHandler) Handle(ctx context.Context, c DeliverNotification) error {
	set, err := h.Directory.SettingsOf(ctx, c.Due.Organization)
	if err != nil {
		return fmt.Errorf("claim notification: %w", err)
	}
	claim, err := h.update(ctx, c.Due, func(n Loaded[notification.Notification]) ([]notification.Event, error) {
		switch {
		case !set.Enabled:
			return n.State.Forgo(c.Due.Recipient, notification.ReasonOff, n.Now)
		case c.Due.Revision < 0:
			return n.State.Forgo(c.Due.Recipient, notification.ReasonPurged, n.Now)
		}
		return n.State.Claim(c.Due.Recipient, n.Now)
	})
	if err != nil {
		return fmt.Errorf("claim notification: %w", err)
	}
	started, ok := firstEvent[notification.AttemptStarted](claim.Events)
	if !ok {
		return nil
	}
	m, name, err := h.message(ctx, c.Due)
	switch {
	case err != nil:
		return fmt.Errorf("compose notification: %w", err)
	case m.Redacted:
		return h.withdraw(ctx, c.Due, started.Attempt)
	}
	notice, err := h.notice(ctx, c.Due, claim.State.Deliveries[c.Due.Recipient], m)
	if err != nil {
		return fmt.Errorf("compose notification: %w", err)
	}
	notice.ConversationName = name
	return h.record(ctx, c.Due, started.Attempt, notice, h.Mailer.Send(ctx, notice))
}

// record appends the outcome of an attempt.
func (h DeliverNotificationHandler) record(ctx context.Context, due notification.Due, attempt int, notice notification.Notice, sent error) error {
	failure, failed := errors.AsType[*notification.SendError](sent)
	if sent != nil && !failed {
		return fmt.Errorf("send notification: %w", sent)
	}
	_, err := h.update(context.WithoutCancel(ctx), due, func(n Loaded[notification.Notification]) ([]notification.Event, error) {
		if failed {
			f := notification.Failure{Detail: failure.Reason, Permanent: failure.Permanent}
			return n.State.Fail(due.Recipient, attempt, f, n.Now)
		}
		return n.State.Accept(due.Recipient, attempt, notice.ID.String(), n.Now)
	})
	if err != nil {
		return fmt.Errorf("record notification: %w", err)
	}
	return nil
}

func (h DeliverNotificationHandler) update(ctx context.Context, due notification.Due, decide func(Loaded[notification.Notification]) ([]notification.Event, error)) (Outcome[notification.Notification, notification.Event], error) {
	return h.Notifications.Update(ctx, due.Notification, systemRequest(due.Organization), decide)
}

// withdraw ends a delivery of what is no longer to be told.
func (h DeliverNotificationHandler) withdraw(ctx context.Context, due notification.Due, attempt int) error {
	_, err := h.update(ctx, due, func(n Loaded[notification.Notification]) ([]notification.Event, error) {
		return n.State.Withdraw(due.Recipient, attempt, notification.ReasonRedacted, n.Now)
	})
	if err != nil {
		return fmt.Errorf("withdraw notification: %w", err)
	}
	return nil
}

// notice composes what the recipient is told of a message, with the names as
// they are now.
func (h DeliverNotificationHandler) notice(ctx context.Context, due notification.Due, d notification.Delivery, m conversation.Message) (notification.Notice, error) {
	recipient, err := h.Directory.Person(ctx, due.Organization, d.Person)
	if err != nil {
		return notification.Notice{}, err
	}
	from, err := h.Directory.Person(ctx, due.Organization, m.From)
	if err != nil {
		return notification.Notice{}, err
	}
	return notification.Notice{
		ID:   domain.DeriveID("notice", due.Notification.String(), strconv.Itoa(due.Recipient)),
		Name: recipient.Name, Email: d.Address, Conversation: due.Conversation,
		Number: m.NumberFor(d.Person.Kind), From: from.Name, Body: m.Body, At: m.At,
		Mentioned: d.Reason == notification.ReasonMentioned,
	}, nil
}

// message returns the message as it stands, and the name of its conversation.
// Deciding nothing reads the stream to its tail: what another instance has just
// redacted must not be sent.
func (h DeliverNotificationHandler) message(ctx context.Context, due notification.Due) (conversation.Message, string, error) {
	none := conversation.Message{}
	out, err := h.Conversations.Update(ctx, due.Conversation, systemRequest(due.Organization),
		func(loadedConversation) ([]conversation.Event, error) { return nil, nil })
	if err != nil {
		return none, "", err
	}
	source := eventlog.Revision(due.Revision)
	events, err := h.Conversations.between(ctx, conversation.Stream(due.Conversation), source, source)
	if err != nil {
		return none, "", err
	}
	t := transcript{h.Conversations, due.Conversation, out.State}
	m := none
	switch e := events[0].(type) {
	case conversation.MessageAdded:
		m, err = t.current(ctx, e.Message(), int(due.Revision))
	case conversation.MessageChange:
		m, _, err = t.message(ctx, domain.KindUser, e.Of())
	default:
		err = fmt.Errorf("event %d of %s is about no message", due.Revision, due.Conversation)
	}
	return m, out.State.Name, err
}

// firstEvent returns the first event that is an F.
func firstEvent[F, E domain.Event](events []E) (F, bool) {
	for _, e := range events {
		if f, ok := any(e).(F); ok {
			return f, true
		}
	}
	var none F
	return none, false
}
