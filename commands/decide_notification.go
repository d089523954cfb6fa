package commands

import (
	"context"
	"fmt"

	"parley/domain"
	"parley/domain/access"
	"parley/domain/notification"
)

// DecideNotification decides once, for ever, who is told of a message.
type DecideNotification struct{ Message notification.Undecided }

// DecideNotificationHandler handles [DecideNotification].
type DecideNotificationHandler struct {
	Notifications *Repository[notification.Notification, notification.Event]
	Directory     *Directory
}

// Handle appends the decision as the first event of the message's own
// notification stream; one that is there already stands. Nobody is told while
// the organization has switched conversations off.
func (h DecideNotificationHandler) Handle(ctx context.Context, c DecideNotification) error {
	if err := h.Notifications.enter(); err != nil {
		return err
	}
	defer h.Notifications.leave()
	set, err := h.Directory.SettingsOf(ctx, c.Message.Organization)
	if err != nil {
		return fmt.Errorf("decide notification: %w", err)
	}
	decision := c.Message.Decision
	if !set.Enabled {
		decision = c.Message.Withheld
	}
	_, err = h.Notifications.Update(ctx, notification.ID(c.Message.Source), systemRequest(c.Message.Organization),
		func(n Loaded[notification.Notification]) ([]notification.Event, error) {
			return n.State.Decide(decision(n.Now))
		})
	if err != nil {
		return fmt.Errorf("decide notification: %w", err)
	}
	return nil
}

// systemRequest is a request of the service itself in an organization.
func systemRequest(organization string) Request {
	return Request{Actor: access.SystemActor(organization), Channel: domain.ChannelSystem}
}
