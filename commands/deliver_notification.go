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
	Log           eventlog.Log
	Mailer        notification.Mailer
}

// Handle claims the delivery by an event at the exact revision, so that no other
// instance attempts it too, sends, and records the outcome. A crash between the
// mail server's acceptance and the record of it is the one way to send twice;
// the second mail then has the same Message-ID. A delivery that is over, not
// due or claimed elsewhere is left alone.
func (h DeliverNotificationHandler) Handle(ctx context.Context, c DeliverNotification) error {
	claim, err := h.update(ctx, c.Due, func(n Loaded[notification.Notification]) ([]notification.Event, error) {
		return n.State.Claim(c.Due.Recipient, n.Now)
	})
	if err != nil {
		return fmt.Errorf("claim notification: %w", err)
	}
	started, ok := firstEvent[notification.AttemptStarted](claim.Events)
	if !ok {
		return nil
	}
	notice, err := h.notice(ctx, c.Due, claim.State.Deliveries[c.Due.Recipient])
	if err != nil {
		return fmt.Errorf("compose notification: %w", err)
	}
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

// notice composes what the recipient is told from the message's own event and
// the names as they are now.
func (h DeliverNotificationHandler) notice(ctx context.Context, due notification.Due, d notification.Delivery) (notification.Notice, error) {
	m, err := h.message(ctx, due)
	if err != nil {
		return notification.Notice{}, err
	}
	recipient, err := h.Directory.Person(ctx, due.Organization, d.Person)
	if err != nil {
		return notification.Notice{}, err
	}
	from, err := h.Directory.Person(ctx, due.Organization, m.From)
	if err != nil {
		return notification.Notice{}, err
	}
	n := notification.Notice{
		ID:   domain.DeriveID("notice", due.Notification.String(), strconv.Itoa(due.Recipient)),
		Name: recipient.Name, Email: d.Address, Conversation: due.Conversation,
		Number: m.Number, From: from.Name, Body: m.Body, At: m.At,
	}
	if d.Person.Kind == domain.KindCustomerUser {
		n.Number = m.PublicNumber
	}
	err = h.Conversations.View(ctx, due.Conversation, func(l Loaded[conversation.Conversation]) {
		n.ConversationName = l.State.Name
	})
	return n, err
}

// message reads the message's event from its conversation's stream.
func (h DeliverNotificationHandler) message(ctx context.Context, due notification.Due) (conversation.MessageAdded, error) {
	stream := conversation.Stream(due.Conversation)
	for e, err := range h.Log.ReadStream(ctx, stream, eventlog.Revision(due.Revision), 1) {
		if err != nil {
			return conversation.MessageAdded{}, fmt.Errorf("read message: %w", err)
		}
		return decodeAs[conversation.MessageAdded](conversation.Types, e)
	}
	return conversation.MessageAdded{}, fmt.Errorf("read message: %s has no event %d", stream, due.Revision)
}

// decodeAs reads a stored event that must be an E.
func decodeAs[E domain.Event](manifest []domain.Type, r eventlog.Recorded) (E, error) {
	var none E
	registry, err := domain.NewRegistry(manifest)
	if err != nil {
		return none, err
	}
	e, err := registry.Decode(r.Type, r.Data)
	if err != nil {
		return none, err
	}
	wanted, ok := e.(E)
	if !ok {
		return none, fmt.Errorf("event %s is not a %s", r.Type, none.EventType())
	}
	return wanted, nil
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
