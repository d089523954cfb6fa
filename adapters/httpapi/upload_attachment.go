package httpapi

import (
	"errors"
	"io"
	"reflect"
	"time"

	"parley/commands"
	"parley/domain"
	"parley/domain/attachment"
)

// Media types of bodies and answers that are bytes. An upload may say that it is
// any type; nothing follows from it.
const (
	someBytes = "application/octet-stream"
	anyType   = "*/*"
)

type uploadParameters struct {
	Name string `query:"name" required:"true" doc:"What the file is called: a bare name, at most 255 bytes."`
}

func (a *api) uploadAttachment() operation {
	op := answering[Attachment](operation{
		method: "POST", path: "/v1/attachments", id: "upload-attachment", tag: tagMessages, bodyType: someBytes, success: 201,
		summary: "Upload a file for a message: its bytes are the body; what it is called and said to be counts for nothing",
		needs:   onlyIdentity, command: true, parameters: reflect.TypeFor[uploadParameters](),
	})
	op.do = func(c *call) (answer, error) {
		if encoding := c.r.Header.Get("Content-Encoding"); encoding != "" && encoding != "identity" {
			return answer{}, domain.NewError(codeMediaType, "Send the file as it is, without a content encoding.")
		}
		var p uploadParameters
		if err := c.readParameters(&p); err != nil {
			return answer{}, err
		}
		req, err := c.request()
		if err != nil {
			return answer{}, err
		}
		return a.upload(c, req, p.Name)
	}
	return op
}

// upload reads the body while it keeps coming, however long it is.
func (a *api) upload(c *call, req commands.Request, name string) (answer, error) {
	ctx, stop := a.untilClosing(c.r.Context())
	defer stop()
	body, release := newPatientReader(ctx, c.w, c.r.Body, a.config.BodyTimeout)
	up, err := a.config.Commands.UploadAttachment.Handle(ctx, commands.UploadAttachment{
		Request: req, Name: name, Content: body, Size: c.r.ContentLength,
	})
	if e, is := errors.AsType[*domain.Error](err); is && e.Code == codeTooLarge {
		_, _ = io.CopyN(io.Discard, body, maxReadOn)
	}
	release()
	switch {
	case err != nil && ctx.Err() != nil && a.closing():
		_ = body.control.SetReadDeadline(time.Now()) // the answer does not wait for the rest
		return answer{}, errClosing
	case err != nil:
		return answer{}, err
	}
	_ = body.control.SetReadDeadline(time.Time{})
	return answer{status: 201, body: attachmentShape(up.File), position: up.Position}, nil
}

func attachmentShape(f attachment.File) Attachment {
	return Attachment{ID: f.ID, Name: f.Name, Size: f.Size, ContentType: f.ContentType, SHA256: f.SHA256}
}
