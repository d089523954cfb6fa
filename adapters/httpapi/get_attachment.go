package httpapi

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/google/uuid"

	"parley/domain"
	"parley/domain/attachment"
	"parley/domain/blob"
	"parley/queries"
)

func (a *api) getAttachment() operation {
	return operation{
		method: "GET", path: "/v1/conversations/{id}/attachments/{attachment}", id: "get-attachment", tag: tagMessages,
		summary: "Download a file on a message, or a range of it; it is checked against its digest first",
		success: 200, contentType: anyType, needs: rightToView, ranged: true,
		do: func(c *call) (answer, error) {
			var none struct{}
			if err := c.readParameters(&none); err != nil {
				return answer{}, err
			}
			file, err := a.findAttachment(c)
			if err != nil {
				return answer{}, err
			}
			if len(c.shape) > 0 {
				return answer{}, c.invalid(nil)
			}
			return answer{}, a.download(c, file)
		},
	}
}

func (a *api) findAttachment(c *call) (attachment.File, error) {
	ctx, cancel := context.WithTimeout(c.r.Context(), queryLimit)
	defer cancel()
	id, err := c.conversation()
	if err != nil {
		return attachment.File{}, err
	}
	text, err := c.pathParameter("attachment")
	if err != nil || len(text) != 36 {
		return attachment.File{}, errNotFound
	}
	file, err := uuid.Parse(text)
	if err != nil {
		return attachment.File{}, errNotFound
	}
	return a.config.Queries.Attachment.Handle(ctx, queries.Attachment{
		Actor: c.actor, Conversation: id, ID: file, MinPosition: c.minPosition,
	})
}

// download hands the file out once all of it has been found to be what was
// uploaded.
func (a *api) download(c *call, f attachment.File) error {
	content, err := blob.OpenVerified(c.r.Context(), a.config.Blobs, f.Blob, f.Size, f.SHA256)
	if err != nil {
		return downloadFault(err)
	}
	defer content.Close()
	setDownloadHeaders(c.w.Header(), f)
	out := &downloadWriter{ResponseWriter: c.w}
	http.ServeContent(out, c.r, "", time.Time{}, content)
	c.answered = out.refused == 0
	return out.refusal()
}

// setDownloadHeaders keeps what was uploaded from ever being a page of this
// site: it is saved, never shown, its type is never guessed, it may run nothing,
// and no other site may take it in. Rights can end, so caches ask each time.
func setDownloadHeaders(h http.Header, f attachment.File) {
	h.Set("Content-Type", f.ContentType)
	h.Set("Content-Disposition", disposition(f.Name))
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox; frame-ancestors 'none'")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "private, no-cache")
	h.Set("ETag", `"`+f.SHA256+`"`)
}

// disposition names the file twice: in ASCII, where anything else becomes an
// underscore, and in full as RFC 8187 writes it.
func disposition(name string) string {
	plain := strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' || strings.ContainsRune(`"\%;`, r) {
			return '_'
		}
		return r
	}, name)
	full := strings.ReplaceAll(url.QueryEscape(name), "+", "%20")
	full = strings.ReplaceAll(full, "*", "%2A")
	return `attachment; filename="` + plain + `"; filename*=UTF-8''` + full
}

// downloadFault names damage, and tells it from a store that does not answer.
func downloadFault(err error) error {
	_, damaged := errors.AsType[*blob.DamageError](err)
	switch {
	case damaged, errors.Is(err, blob.ErrNotFound):
		return &domain.Error{
			Code: codeDamaged, Err: err,
			Message: "The stored file is damaged or missing, so it is not given out; ask an administrator to bring it back from a backup.",
		}
	case errors.Is(err, blob.ErrUnavailable):
		return domain.Unavailable("The file cannot be read just now; try again in a moment.", time.Second, err)
	}
	return err
}

// downloadWriter writes an answer of any length, as long as it keeps being read.
// A refusal it keeps to itself, to be answered as all others are.
type downloadWriter struct {
	http.ResponseWriter
	refused int // the status, or 0
}

// WriteHeader implements http.ResponseWriter.
func (d *downloadWriter) WriteHeader(status int) {
	if status >= http.StatusBadRequest {
		d.refused = status
		return
	}
	d.ResponseWriter.WriteHeader(status)
}

// Write implements io.Writer.
func (d *downloadWriter) Write(b []byte) (int, error) {
	if d.refused != 0 {
		return len(b), nil
	}
	allowWriting(d.ResponseWriter)
	return d.ResponseWriter.Write(b)
}

func (d *downloadWriter) refusal() error {
	if d.refused == 0 {
		return nil
	}
	d.Header().Del("Content-Disposition") // the problem is no file
	switch d.refused {
	case http.StatusRequestedRangeNotSatisfiable:
		return domain.NewError(codeNoSuchRange, "The file has no such bytes; ask for some up to the length that Content-Range names.")
	case http.StatusPreconditionFailed:
		return domain.NewError(domain.CodePreconditionFailed, "The file is not one that If-Match names; download it without.")
	}
	return fmt.Errorf("serve file: status %d", d.refused)
}
