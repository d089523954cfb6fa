package commands

import (
	"context"
	"fmt"

	"parley/domain"
	"parley/domain/notification"
)

// MarkRestored says that the log comes from a backup, so that nobody is told a
// second time of what it holds.
type MarkRestored struct{}

// MarkRestoredHandler handles [MarkRestored].
type MarkRestoredHandler struct {
	Notifiers *Repository[notification.Notifier, notification.NotifierEvent]
}

// Handle records it.
func (h MarkRestoredHandler) Handle(ctx context.Context, _ MarkRestored) error {
	_, err := h.Notifiers.Update(ctx, domain.DeriveID(installation), systemRequest(installation),
		func(n Loaded[notification.Notifier]) ([]notification.NotifierEvent, error) {
			return n.State.Restore(installation, n.Now)
		})
	if err != nil {
		return fmt.Errorf("mark log as restored: %w", err)
	}
	return nil
}
