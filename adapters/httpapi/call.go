package httpapi

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"net/url"

	"github.com/go-chi/chi/v5"
	"github.com/google/uuid"

	"parley/adapters/httpapi/strictjson"
	"parley/commands"
	"parley/domain"
	"parley/domain/access"
	"parley/domain/eventlog"
)

// call is one request on its way to a use case, with what has been read of it.
type call struct {
	freshness   Freshness
	w           http.ResponseWriter
	r           *http.Request
	actor       access.Actor
	minPosition eventlog.Position
	key         string
	ifMatch     *commands.IfMatch
	body        *strictjson.Value   // nil: there was none
	shape       []domain.FieldError // what is wrong with body and parameters
	held        error               // what the command is refused with where nothing else refuses it
	hold        func() error        // counts one more command, and returns what it is refused with, or nil; nil: nothing is counted
	closing     <-chan struct{}     // closed when the server begins to close
	answered    bool                // the use case wrote the answer itself
}

func (c *call) signIn(by Authenticator) (err error) {
	if c.actor, err = by.Authenticate(c.r); err != nil {
		return err
	}
	note(c.r.Context()).actor = string(c.actor.Person.Kind)
	return nil
}

// signInAgain looks up what the caller of a stream may do now.
func (c *call) signInAgain(by Authenticator) (err error) {
	c.actor, err = by.Again(c.r)
	return err
}

// renew signs the caller in again if what is known of them is older than the
// position that they ask for: they may have been given or lost rights since.
func (c *call) renew(by Authenticator) error {
	if c.minPosition == eventlog.Start || c.minPosition <= c.freshness.Head() {
		return nil
	}
	if err := c.fresh(); err != nil {
		return err
	}
	return c.signIn(by)
}

// readHeaders reads those headers that the operation knows; the others mean
// nothing to it.
func (c *call) readHeaders(op operation) (err error) {
	if op.needs == noIdentity {
		return nil
	}
	if c.minPosition, _, err = position(c.r, "Parley-Min-Position"); err != nil {
		return err
	}
	if !op.command {
		return nil
	}
	if c.key, err = idempotencyKey(c.r); err != nil {
		return err
	}
	if op.conditional {
		c.ifMatch, err = ifMatch(c.r)
	}
	if c.ifMatch != nil && c.actor.IsCustomer() {
		// Revisions move with internal notes: a customer user must not be able to
		// probe them.
		c.ifMatch.Revisions = nil
	}
	return err
}

// readBody reads the body into the struct and collects what does not fit.
func (c *call) readBody(into any, mayBeLeftOut bool) error {
	v, present, err := readBody(c.w, c.r, c.closing)
	switch {
	case err != nil:
		return err
	case !present && mayBeLeftOut:
		return nil
	case !present:
		return malformed("Send a JSON object as the body.")
	}
	c.body = &v
	c.shape = append(c.shape, strictjson.Bind(v, into)...)
	return nil
}

// readParameters reads the query string into the struct and collects what does
// not fit.
func (c *call) readParameters(into any) error {
	values, err := url.ParseQuery(c.r.URL.RawQuery)
	if err != nil {
		return malformed("The query string is not well formed.")
	}
	c.shape = append(c.shape, bindParameters(values, into)...)
	return nil
}

// fresh waits until what commands decide on has passed the caller's position.
func (c *call) fresh() error {
	if c.minPosition == eventlog.Start {
		return nil
	}
	return c.freshness.Wait(c.r.Context(), c.minPosition)
}

// request is what every command carries.
func (c *call) request() (commands.Request, error) {
	return commands.Request{
		Actor: c.actor, Channel: domain.ChannelAPI, RemoteAddress: remoteAddress(c.r),
		CorrelationID: note(c.r.Context()).id,
		Key:           c.key, Fingerprint: c.fingerprint(), IfMatch: c.ifMatch, Shape: c.shape, Held: c.held, Hold: c.hold,
	}, c.fresh()
}

// fingerprint tells requests under one key apart: by method, path and body.
func (c *call) fingerprint() string {
	if c.key == "" {
		return ""
	}
	var body []byte // in its one form
	if c.body != nil {
		body = c.body.Canonical()
	}
	h := sha256.New()
	for _, part := range []string{c.r.Method, c.r.URL.EscapedPath(), string(body)} {
		h.Write([]byte(part))
		h.Write([]byte{0})
	}
	return hex.EncodeToString(h.Sum(nil))
}

// invalid joins what is wrong with the shape and what the use case found.
func (c *call) invalid(err error) error {
	fields := c.shape
	if e, ok := errors.AsType[*domain.Error](err); ok {
		fields = append(fields, e.Fields...)
	}
	return domain.Invalid(fields...)
}

// id returns a path parameter that an outside system gave, decoded. What cannot
// be an id names nothing.
func (c *call) id(name string) (string, error) {
	id, err := c.pathParameter(name)
	if err != nil || domain.CheckID(id) != "" {
		return "", errNotFound
	}
	return id, nil
}

// conversation returns the path parameter that names a conversation.
func (c *call) conversation() (uuid.UUID, error) {
	text, err := c.pathParameter("id")
	if err != nil || len(text) != 36 {
		return uuid.Nil, errNotFound
	}
	id, err := uuid.Parse(text)
	if err != nil {
		return uuid.Nil, errNotFound
	}
	return id, nil
}

// pathParameter decodes what chi cut out of the path: the escaped path where it
// differs from the usual escaping, else the decoded one.
func (c *call) pathParameter(name string) (string, error) {
	value := chi.URLParam(c.r, name)
	if c.r.URL.RawPath == "" {
		return value, nil
	}
	return url.PathUnescape(value)
}
