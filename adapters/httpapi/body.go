package httpapi

import (
	"errors"
	"io"
	"mime"
	"net/http"
	"os"
	"strings"
	"time"

	"parley/adapters/httpapi/strictjson"
	"parley/domain"
)

// Limits of a request's body.
const (
	maxBody   = 1 << 20
	maxReadOn = 4 << 20 // read and dropped before a 413, so that the client sees it
)

// readBody returns the body's JSON, and whether there was a body at all. It
// refuses what is too large (413), of another type (415) or not JSON (400).
func readBody(w http.ResponseWriter, r *http.Request, closing <-chan struct{}) (v strictjson.Value, present bool, err error) {
	text, err := readAll(w, r, closing)
	if err != nil || len(text) == 0 {
		return v, false, err
	}
	if !isType(r, "application/json") || r.Header.Get("Content-Encoding") != "" {
		return v, true, domain.NewError(codeMediaType, "Send the body as application/json in UTF-8, without a content encoding.")
	}
	v, err = strictjson.Parse(text)
	switch {
	case errors.Is(err, strictjson.ErrTooDeep):
		return v, true, malformed("The body is JSON that is nested too deeply.")
	case errors.Is(err, strictjson.ErrTooMany):
		return v, true, malformed("The body is JSON of too many values.")
	case err != nil:
		return v, true, malformed("The body is not valid JSON.")
	}
	return v, true, nil
}

// readAll reads the body within its limits of size and time, and but shortly once
// the server begins to close. The deadline is
// then lifted: behind it, answers that wait would be cut off.
func readAll(w http.ResponseWriter, r *http.Request, closing <-chan struct{}) ([]byte, error) {
	if r.Body == nil || r.Body == http.NoBody {
		return nil, nil
	}
	control, cut := http.NewResponseController(w), false
	release := whenClosed(closing, func() { cut = control.SetReadDeadline(time.Now().Add(bodyGrace)) == nil })
	text, err := io.ReadAll(io.LimitReader(r.Body, maxBody+1))
	release()
	switch {
	case cut && errors.Is(err, os.ErrDeadlineExceeded):
		return nil, errClosing
	case errors.Is(err, os.ErrDeadlineExceeded):
		return nil, malformed("The body did not arrive in time.")
	case err != nil:
		return nil, malformed("The body could not be read to its end.")
	case len(text) > maxBody:
		_, _ = io.CopyN(io.Discard, r.Body, maxReadOn)
		return nil, domain.NewError(codeTooLarge, "The body is larger than 1 MiB.")
	}
	_ = control.SetReadDeadline(time.Time{})
	return text, nil
}

// isType reports whether the body has the media type, in UTF-8 where it says. A
// body without a type is taken at its word.
func isType(r *http.Request, want string) bool {
	header := r.Header.Get("Content-Type")
	if header == "" {
		return true
	}
	got, params, err := mime.ParseMediaType(header)
	if err != nil || got != want {
		return false
	}
	charset, given := params["charset"]
	return !given || strings.EqualFold(charset, "utf-8")
}
