package commands

import (
	"context"

	"github.com/google/uuid"

	"parley/domain"
	"parley/domain/access"
	"parley/domain/conversation"
)

// PurgeConversation takes a deleted conversation away for ever, with all that was
// ever said in it.
type PurgeConversation struct {
	Request
	ID uuid.UUID
}

// PurgeConversationHandler handles [PurgeConversation].
type PurgeConversationHandler struct{ Conversations }

// Handle purges the conversation, and takes what was before out of its stream: an
// error in between leaves that to the repetition or to the [Purger]. A purged one
// stays so. It needs to administer, and to delete, without which a deleted one is
// not found. Error: conflict for one that is not deleted.
func (h PurgeConversationHandler) Handle(ctx context.Context, c PurgeConversation) (Done, error) {
	purge := rules{
		deleted: true,
		permit:  func(access.Facts, *conversation.Conversation) bool { return c.Actor.Administer },
		decide:  func(l loadedConversation) ([]conversation.Event, error) { return l.State.Purge(l.Now) },
	}
	out, err := h.Repository.Update(ctx, c.ID, c.Request, func(l loadedConversation) ([]conversation.Event, error) {
		if l.State.Purged && c.Actor.Administer && c.Actor.Organization == l.State.Organization {
			return nil, domain.Invalid(c.Shape...)
		}
		if err := h.refuse(ctx, c.Request, l, purge); err != nil {
			return nil, err
		}
		return purge.decide(l)
	})
	if err == nil {
		err = h.Repository.Truncate(ctx, c.ID)
	}
	return Done{out.Position}, err
}
