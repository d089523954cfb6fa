package queries

import (
	"context"
	_ "embed"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"parley/domain"
	"parley/domain/access"
	"parley/domain/attachment"
	"parley/domain/eventlog"
	"parley/domain/sqldb"
)

//go:embed attachment.sql
var attachmentSQL clause

// Attachment asks for a file on a message of a conversation, to download it.
type Attachment struct {
	Actor        access.Actor
	Conversation uuid.UUID
	ID           uuid.UUID
	MinPosition  eventlog.Position
}

// AttachmentHandler answers [Attachment].
type AttachmentHandler struct{ Sources }

// Handle returns the file, or an error of domain.CodeNotFound when the actor may
// not view the conversation, or not the message that has it.
func (h AttachmentHandler) Handle(ctx context.Context, q Attachment) (attachment.File, error) {
	if err := h.wait(ctx, q.MinPosition, timelines, conversations, inboxes, directory); err != nil {
		return attachment.File{}, err
	}
	p := about(q.Actor)
	p["id"], p["attachment"] = q.Conversation.String(), q.ID.String()
	p["visible"], p["audible"] = visibleRow(q.Actor), clause(`true`)
	if q.Actor.IsCustomer() {
		p["audible"] = clause(`not m.internal`)
	}
	found, err := collect(ctx, h.DB, p, attachmentSQL, scanFiles)
	if err != nil {
		return attachment.File{}, fmt.Errorf("find attachment: %w", err)
	}
	for _, files := range found {
		if i := slices.IndexFunc(files, func(f attachment.File) bool { return f.ID == q.ID }); i >= 0 {
			return files[i], nil
		}
	}
	return attachment.File{}, domain.NewError(domain.CodeNotFound, "There is no such file, or you may not see it.")
}

func scanFiles(row sqldb.Row) (attachment.Files, error) {
	var text string
	if err := row.Scan(&text); err != nil {
		return nil, err
	}
	return attachment.ReadFiles(text)
}
