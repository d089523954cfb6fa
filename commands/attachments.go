package commands

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"parley/domain"
	"parley/domain/attachment"
	"parley/domain/blob"
	"parley/domain/eventlog"
)

// Attachments is what the commands on files work with. All fields but Scanner
// are required.
type Attachments struct {
	Files     *Repository[attachment.Attachment, attachment.Event]
	Directory *Directory
	Blobs     blob.Store
	// Scanner looks for viruses in every upload; without one nothing does.
	Scanner blob.Scanner
	// Recognize returns the media type of a content by its beginning, of which it
	// needs at most HeadBytes.
	Recognize func(head []byte) (mediaType string)
	HeadBytes int
}

// AttachmentAnswer is a file as it was uploaded.
type AttachmentAnswer struct {
	attachment.File
	Position eventlog.Position
}

// errNoContent is the refusal of an upload of nothing.
var errNoContent = domain.NewError(domain.CodeMalformed, "Send the file's content as the body; it must not be empty.")

// roomRetry is after how long a client may ask again whether there is room.
const roomRetry = time.Minute

// storeFault is what an error of the blob store, or of the scanner, is to a
// caller.
func storeFault(err error) error {
	if errors.Is(err, blob.ErrFull) {
		return domain.Unavailable("There is no room for files just now; everything else goes on. Tell whoever operates the server, or try again later.", roomRetry, err)
	}
	return domain.Unavailable("Files cannot be taken or given just now; try again in a moment.", retryAfter, err)
}

// takesType reports whether a media type is among those of the settings: exact
// ones, image/*, or */*.
func takesType(types []string, mediaType string) bool {
	kind, _, _ := strings.Cut(mediaType, "/")
	return slices.ContainsFunc(types, func(t string) bool { return t == mediaType || t == kind+"/*" || t == "*/*" })
}

// cleanUpLimit bounds what is done about a refused upload before its refusal is
// answered; the rest is left to the clean-up.
const cleanUpLimit = 5 * time.Second

// giveUp discards a blob that did not become the file, and removes it. What
// fails of that is made up for by [CleanUpAttachmentsHandler].
func (a Attachments) giveUp(ctx context.Context, req Request, id, content uuid.UUID, why attachment.Reason) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), cleanUpLimit)
	defer cancel()
	_, err := a.Files.Update(ctx, id, req, func(l Loaded[attachment.Attachment]) ([]attachment.Event, error) {
		return l.State.GiveUp(content, why, l.Now)
	})
	if err == nil {
		_ = a.remove(ctx, req, id, content)
	}
}

// remove removes a discarded blob from the store, takes what was before a purge
// out of the stream, and records that the blob is gone. Nothing happens to one that
// is not discarded.
func (a Attachments) remove(ctx context.Context, req Request, id, content uuid.UUID) error {
	var discarded bool
	err := a.Files.View(ctx, id, func(l Loaded[attachment.Attachment]) { discarded = l.State.IsDiscarded(content) })
	if err != nil || !discarded {
		return err
	}
	if err := a.Blobs.Remove(ctx, content); err != nil {
		return storeFault(err)
	}
	if err := a.Files.Truncate(ctx, id); err != nil {
		return err
	}
	_, err = a.Files.Update(ctx, id, req, func(l Loaded[attachment.Attachment]) ([]attachment.Event, error) {
		return l.State.Remove(content, l.Now)
	})
	return err
}

// unkeyed is the request of what belongs to a keyed command but is not its
// outcome.
func (r Request) unkeyed() Request {
	r.Key, r.Fingerprint, r.IfMatch, r.Shape, r.OnBehalfOf = "", "", nil, nil, nil
	return r
}

// isRefusal reports whether an error says for certain that nothing happened.
func isRefusal(err error) bool {
	switch domain.CodeOf(err) {
	case "", domain.CodeInternal, domain.CodeUnavailable:
		return false
	}
	_, is := errors.AsType[*domain.Error](err)
	return is
}
