package commands

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"

	"github.com/google/uuid"

	"parley/domain"
	"parley/domain/attachment"
)

// UploadAttachment takes a file in, for a message that is yet to be sent.
type UploadAttachment struct {
	Request
	Name    string
	Content io.Reader
	// Size is what the client says of the content, -1 if nothing. It is believed
	// only where it is too large.
	Size int64
}

// UploadAttachmentHandler handles [UploadAttachment].
type UploadAttachmentHandler struct{ Attachments }

// Handle stores the content, whose type is what it is recognized as, and answers
// once it is durable, scanned and recorded. The file is then the actor's, until
// it is put on a message. A repetition under a key is one of the same name and
// content, and answers with the same file. Errors: payload_too_large,
// unsupported_media_type, infected, invalid, malformed when the content is
// empty or does not arrive; unavailable when it cannot be stored or scanned, and
// then nothing is kept.
func (h UploadAttachmentHandler) Handle(ctx context.Context, c UploadAttachment) (AttachmentAnswer, error) {
	set, err := h.Directory.SettingsOf(ctx, c.Actor.Organization)
	if err != nil {
		return AttachmentAnswer{}, err
	}
	if c.Size > set.Limits.AttachmentBytes {
		return AttachmentAnswer{}, errTooLarge
	}
	if err := c.check(); err != nil {
		return AttachmentAnswer{}, err
	}
	up := upload{h: h, ctx: ctx, c: c, content: newIntake(c.Content, set.Limits.AttachmentBytes)}
	return up.run(set.Limits.AttachmentTypes)
}

func (c UploadAttachment) check() error {
	problems := domain.Problems(c.Shape)
	if wrong := attachment.CheckName(c.Name); wrong != "" {
		problems.Merge([]domain.FieldError{{Parameter: "name", Detail: wrong}})
	}
	return problems.Err()
}

// id is random, or with a key the same for every repetition.
func (c UploadAttachment) id() uuid.UUID {
	if c.Key == "" {
		return uuid.Must(uuid.NewV7())
	}
	p := c.Actor.Person
	return domain.DeriveID(c.Actor.Organization, "attachment", string(p.Kind), p.ID, c.Key)
}

// upload is one upload under way.
type upload struct {
	h       UploadAttachmentHandler
	ctx     context.Context
	c       UploadAttachment
	content *intake
	file    attachment.File
}

func (u *upload) run(types []string) (AttachmentAnswer, error) {
	// Asked before anything is recorded: an event takes room too.
	if err := u.h.Blobs.Room(u.ctx); err != nil {
		return AttachmentAnswer{}, storeFault(err)
	}
	head, err := u.content.head(u.h.HeadBytes)
	if err != nil {
		return AttachmentAnswer{}, err
	}
	u.file = attachment.File{ID: u.c.id(), Name: u.c.Name, ContentType: u.h.Recognize(head), Blob: uuid.New()}
	if !takesType(types, u.file.ContentType) {
		return AttachmentAnswer{}, domain.NewError(domain.CodeUnsupportedType, "Files of this type are not taken here; whatever the file is called, its content decides.")
	}
	all := io.MultiReader(bytes.NewReader(head), u.content)
	begun, err := u.begin()
	switch {
	case err != nil:
		return AttachmentAnswer{}, err
	case begun:
		err = u.store(all)
	default: // a repetition is read for its digest alone
		_, err = io.Copy(io.Discard, all)
	}
	if err != nil {
		return AttachmentAnswer{}, err
	}
	return u.finish()
}

// begin names the blob by an event, and reports whether it did: not when an
// earlier request with the key has brought the file.
func (u *upload) begin() (bool, error) {
	out, err := u.h.Files.Update(u.ctx, u.file.ID, u.c.unkeyed(), func(l Loaded[attachment.Attachment]) ([]attachment.Event, error) {
		return l.State.Begin(u.c.Actor.Organization, u.c.Actor.Person, u.file.Blob, l.Now)
	})
	return len(out.Events) > 0, err
}

// store writes and scans the blob. What fails is given up.
func (u *upload) store(content io.Reader) error {
	err := u.write(content)
	if err == nil {
		err = u.scan()
	}
	if err != nil {
		u.giveUp(err)
	}
	return err
}

func (u *upload) giveUp(err error) {
	why := attachment.Refused
	if domain.CodeOf(err) == domain.CodeInfected {
		why = attachment.Infected
	}
	u.h.giveUp(u.ctx, u.c.unkeyed(), u.file.ID, u.file.Blob, why)
}

func (u *upload) write(content io.Reader) error {
	err := u.h.Blobs.Write(u.ctx, u.file.Blob, content)
	switch {
	case u.content.err != nil:
		return u.content.err
	case err != nil:
		return storeFault(err)
	}
	return nil
}

// scan shows the scanner what the store gives back, which is what will be
// downloaded.
func (u *upload) scan() error {
	if u.h.Scanner == nil {
		return nil
	}
	stored, err := u.h.Blobs.Open(u.ctx, u.file.Blob)
	if err != nil {
		return storeFault(err)
	}
	defer stored.Close()
	finding, err := u.h.Scanner.Scan(u.ctx, stored)
	switch {
	case err != nil:
		return storeFault(err)
	case finding != "":
		return domain.NewError(domain.CodeInfected, "The virus scanner refuses this file; it was not kept.")
	}
	return nil
}

// finish makes the blob the file, or learns that another one is it already.
func (u *upload) finish() (AttachmentAnswer, error) {
	u.file.Size, u.file.SHA256 = u.content.size, u.content.digest()
	req := u.c.Request
	if req.Key != "" {
		req.Fingerprint = u.fingerprint()
	}
	out, err := u.h.Files.Update(u.ctx, u.file.ID, req, func(l Loaded[attachment.Attachment]) ([]attachment.Event, error) {
		return l.State.Finish(u.file, l.Now)
	})
	uploaded, is := firstEvent[attachment.Uploaded](out.Events)
	if err != nil || !is || uploaded.File.Blob != u.file.Blob {
		u.giveUp(err)
	}
	return AttachmentAnswer{File: uploaded.File, Position: out.Position}, err
}

// fingerprint tells uploads under one key apart, by name and content too.
func (u *upload) fingerprint() string {
	sum := sha256.Sum256([]byte(u.c.Fingerprint + "\x00" + u.file.Name + "\x00" + u.file.SHA256))
	return hex.EncodeToString(sum[:])
}
