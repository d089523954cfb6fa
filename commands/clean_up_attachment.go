package commands

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"parley/domain"
	"parley/domain/attachment"
	"parley/domain/conversation"
	"parley/domain/eventlog"
)

// CleanUpAttachment discards a blob that has been on no message for too long, and
// removes one that is discarded.
type CleanUpAttachment struct{ Due attachment.Due }

// CleanUpAttachmentHandler handles [CleanUpAttachment].
type CleanUpAttachmentHandler struct {
	Attachments
	Conversations *Repository[conversation.Conversation, conversation.Event]
	// Keep is how long a file may wait for a message.
	Keep time.Duration
}

// Handle decides on the file's own state and clock. Of a file that is held for a
// message it finds out in the conversation's stream whether there is one, and
// sees to it that there never will be before it discards the file. Nothing
// happens to a file that is on a message, or that was used since.
func (h CleanUpAttachmentHandler) Handle(ctx context.Context, c CleanUpAttachment) error {
	if err := h.discard(ctx, c.Due); err != nil {
		return fmt.Errorf("discard file: %w", err)
	}
	if err := h.remove(ctx, systemRequest(c.Due.Organization), c.Due.Attachment, c.Due.Blob); err != nil {
		return fmt.Errorf("remove file: %w", err)
	}
	return nil
}

func (h CleanUpAttachmentHandler) discard(ctx context.Context, due attachment.Due) error {
	if err := h.Files.enter(); err != nil {
		return err
	}
	defer h.Files.leave()
	since := h.Files.Now().Add(-h.Keep)
	var about uuid.UUID
	var held, waits bool
	err := h.Files.View(ctx, due.Attachment, func(l Loaded[attachment.Attachment]) {
		about, held = l.State.Conversation()
		waits = l.State.Waits(due.Blob, since)
	})
	if err != nil {
		return err
	}
	decide := func(l Loaded[attachment.Attachment]) ([]attachment.Event, error) {
		return l.State.CleanUp(due.Blob, since, l.Now)
	}
	if held {
		why, err := h.unneeded(ctx, due, about, waits)
		if err != nil {
			return err
		}
		if why != "" {
			decide = func(l Loaded[attachment.Attachment]) ([]attachment.Event, error) {
				return l.State.Discard(due.Blob, about, why, l.Now)
			}
		}
	}
	_, err = h.Files.Update(ctx, due.Attachment, systemRequest(due.Organization), decide)
	return err
}

// unneeded returns why a file that is held for a conversation will never be shown
// there, or "" when it is, or may be yet.
func (h CleanUpAttachmentHandler) unneeded(ctx context.Context, due attachment.Due, about uuid.UUID, waits bool) (why attachment.Reason, err error) {
	err = h.Conversations.View(ctx, about, func(l loadedConversation) {
		if l.State.Purged {
			why = attachment.Purged
		}
	})
	if err != nil || why != "" || !waits {
		return why, err
	}
	if barred, err := h.bar(ctx, due, about); err != nil || !barred {
		return "", err
	}
	return attachment.Abandoned, nil
}

// errMoved says that a conversation went on after it was read.
var errMoved = errors.New("conversation has moved")

// bar keeps the file from ever being on a message of the conversation, and
// reports whether it did: not when it is on one.
func (h CleanUpAttachmentHandler) bar(ctx context.Context, due attachment.Due, about uuid.UUID) (bool, error) {
	for {
		read, on, err := h.read(ctx, about, due.Attachment)
		if err != nil || on {
			return false, err
		}
		_, err = h.Conversations.Update(ctx, about, systemRequest(due.Organization), func(l loadedConversation) ([]conversation.Event, error) {
			if l.Revision != read {
				return nil, errMoved
			}
			return l.State.BarAttachment(due.Attachment, l.Now)
		})
		if !errors.Is(err, errMoved) {
			return err == nil, err
		}
		if err := ctx.Err(); err != nil {
			return false, err
		}
	}
}

// read reads all of a conversation's stream, and reports up to where, and whether
// a message has the file.
func (h CleanUpAttachmentHandler) read(ctx context.Context, about, file uuid.UUID) (last eventlog.Revision, on bool, err error) {
	last = eventlog.NoStream
	for r, err := range h.Conversations.Log.ReadStream(ctx, conversation.Stream(about), 0, 0) {
		if err != nil {
			return last, false, h.Conversations.fault("read conversation", err)
		}
		last = r.Revision
		event, _, err := h.Conversations.understand(r)
		if err != nil {
			return last, false, err
		}
		if m, is := event.(conversation.MessageAdded); is && m.Attachments.Have(file) {
			return last, true, nil
		}
	}
	return last, false, nil
}

// Cleaner cleans up after uploads by itself. It is a [DueLoop]: what it finds in
// the read model is decided by [CleanUpAttachment].
type Cleaner struct {
	Queue   attachment.Queue
	CleanUp CleanUpAttachmentHandler
}

const (
	cleanerPage     = 100
	cleanerParallel = 4
)

// Step implements DueLoop's.
func (c Cleaner) Step(ctx context.Context) (time.Duration, error) {
	since := domain.Now().Add(-c.CleanUp.Keep)
	due, err := c.Queue.Due(ctx, since, cleanerPage)
	if err != nil {
		return 0, err
	}
	err = doEach(ctx, cleanerParallel, due, func(ctx context.Context, d attachment.Due) error {
		return c.CleanUp.Handle(ctx, CleanUpAttachment{d})
	})
	if err != nil || len(due) > 0 {
		return duePause, err
	}
	next, err := c.Queue.Next(ctx, since)
	if !next.IsZero() {
		next = next.Add(c.CleanUp.Keep)
	}
	return until(next), err
}
