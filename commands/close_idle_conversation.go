package commands

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"parley/domain/conversation"
)

// CloseIdleConversation closes a conversation of an organization if it has been
// idle for as long as the organization's settings say.
type CloseIdleConversation struct {
	Organization string
	ID           uuid.UUID
}

// CloseIdleConversationHandler handles [CloseIdleConversation].
type CloseIdleConversationHandler struct{ Conversations }

// Handle closes it in the name of the system. Settings, state and clock are those
// of the decision, so that nothing happens to a conversation that has moved
// since it was found, or that another instance has closed; and nothing while
// the organization's conversations are switched off.
func (h CloseIdleConversationHandler) Handle(ctx context.Context, c CloseIdleConversation) error {
	_, err := h.Repository.Update(ctx, c.ID, systemRequest(c.Organization), func(l loadedConversation) ([]conversation.Event, error) {
		set, err := h.Directory.SettingsOf(ctx, c.Organization)
		if err != nil || !set.Enabled || l.State.Organization != c.Organization {
			return nil, err
		}
		return l.State.CloseIdle(set.Workflow, l.Now)
	})
	if err != nil {
		return fmt.Errorf("close idle conversation: %w", err)
	}
	return nil
}
