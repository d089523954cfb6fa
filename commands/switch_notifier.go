package commands

import (
	"context"
	"fmt"

	"parley/domain"
	"parley/domain/notification"
)

// SwitchNotifier says whether mail can leave. Messages that come while it cannot
// are never decided, also when it can again later.
type SwitchNotifier struct{ Running bool }

// SwitchNotifierHandler handles [SwitchNotifier].
type SwitchNotifierHandler struct {
	Notifiers *Repository[notification.Notifier, notification.NotifierEvent]
}

// installation stands for all organizations: mail settings are the
// installation's, so their switch belongs to no organization's history.
const installation = ""

// Handle records the change, if it is one.
func (h SwitchNotifierHandler) Handle(ctx context.Context, c SwitchNotifier) error {
	_, err := h.Notifiers.Update(ctx, domain.DeriveID(installation), systemRequest(installation),
		func(n Loaded[notification.Notifier]) ([]notification.NotifierEvent, error) {
			if c.Running {
				return n.State.Resume(installation, n.Now)
			}
			return n.State.Pause(installation, n.Now)
		})
	if err != nil {
		return fmt.Errorf("switch notifier: %w", err)
	}
	return nil
}
