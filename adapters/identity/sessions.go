package identity

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/alexedwards/scs/v2"

	"parley/domain"
	"parley/domain/sqldb"
)

// sessionLimit bounds what one request waits for its session.
const sessionLimit = 3 * time.Second

// touchesPerIdle is how often within its idle time a session in use is written.
const touchesPerIdle = 20

// SessionsConfig says how long sessions last and how their cookies are sent.
type SessionsConfig struct {
	DB sqldb.DB
	// Secure is whether browsers come by https alone: then the cookie is sent on
	// no other way, and no other host can set it.
	Secure bool
	// Idle ends a session that is not used, Lifetime any.
	Idle, Lifetime time.Duration
}

// Sessions are the sessions of browsers, as rows in the schema ops, which all
// instances share. A row has the hash of its cookie's value only.
type Sessions struct {
	library *scs.SessionManager
	origins *http.CrossOriginProtection
	secure  bool
}

// NewSessions returns the sessions in a database, which it does not touch yet.
func NewSessions(c SessionsConfig) *Sessions {
	library := scs.New()
	library.Store = &sessionRows{db: c.DB}
	library.HashTokenInStore = true
	library.IdleTimeout, library.Lifetime = c.Idle, c.Lifetime
	library.Cookie.Name, library.Cookie.Secure = cookieName(c.Secure, "session"), c.Secure
	return &Sessions{library: library, origins: http.NewCrossOriginProtection(), secure: c.Secure}
}

// cookieName is that of a cookie: with https browsers see to it that only this
// host has set it.
func cookieName(secure bool, name string) string {
	if secure {
		return "__Host-parley_" + name
	}
	return "parley_" + name
}

// has reports whether a request shows a session, valid or not.
func (s *Sessions) has(r *http.Request) bool { return s.token(r) != "" }

func (s *Sessions) token(r *http.Request) string {
	cookie, err := r.Cookie(s.library.Cookie.Name)
	if err != nil {
		return ""
	}
	return cookie.Value
}

// identify returns who a request's session names, and keeps the session from
// ending for want of use. Requests that another site made are refused with
// domain.CodeForbidden.
func (s *Sessions) identify(r *http.Request) (Identity, error) {
	if err := s.fromHere(r); err != nil {
		return Identity{}, err
	}
	ctx, cancel := context.WithTimeout(r.Context(), sessionLimit)
	defer cancel()
	ctx, id, err := s.load(ctx, r)
	if err != nil {
		return Identity{}, err
	}
	return id, s.touch(ctx)
}

// identifyAgain returns who the session names of a request that was identified
// and is still under way. It keeps no session from ending.
func (s *Sessions) identifyAgain(r *http.Request) (Identity, error) {
	ctx, cancel := context.WithTimeout(r.Context(), sessionLimit)
	defer cancel()
	_, id, err := s.load(ctx, r)
	return id, err
}

// load returns who a request's session names, and a context with the session.
func (s *Sessions) load(ctx context.Context, r *http.Request) (context.Context, Identity, error) {
	ctx, err := s.library.Load(ctx, s.token(r))
	if err != nil {
		return ctx, Identity{}, fmt.Errorf("load session: %w", err)
	}
	id := Identity{
		Organization: s.library.GetString(ctx, "organization"),
		Person:       domain.Person{Kind: domain.Kind(s.library.GetString(ctx, "kind")), ID: s.library.GetString(ctx, "person")},
	}
	if !id.Person.Kind.IsPerson() {
		return ctx, Identity{}, refuse("The session has ended; sign in again.")
	}
	return ctx, id, nil
}

// touch writes a session that was last written some time ago. It never brings
// back one that was ended meanwhile.
func (s *Sessions) touch(ctx context.Context) error {
	now := time.Now()
	if now.Sub(time.Unix(0, s.library.GetInt64(ctx, "seen"))) < s.library.IdleTimeout/touchesPerIdle {
		return nil
	}
	s.library.Put(ctx, "seen", now.UnixNano())
	if _, _, err := s.library.Commit(context.WithValue(ctx, existing{}, true)); err != nil {
		return fmt.Errorf("keep session: %w", err)
	}
	return nil
}

// begin signs a browser in, under a new token: one that was known before can
// never become a signed-in one. A session that the browser had ends.
func (s *Sessions) begin(w http.ResponseWriter, r *http.Request, id Identity) error {
	ctx, cancel := context.WithTimeout(r.Context(), sessionLimit)
	defer cancel()
	ctx, err := s.library.Load(ctx, s.token(r))
	if err != nil {
		return fmt.Errorf("load session: %w", err)
	}
	if err := s.library.RenewToken(ctx); err != nil {
		return fmt.Errorf("begin session: %w", err)
	}
	s.library.Put(ctx, "organization", id.Organization)
	s.library.Put(ctx, "kind", string(id.Person.Kind))
	s.library.Put(ctx, "person", id.Person.ID)
	s.library.Put(ctx, "seen", time.Now().UnixNano())
	token, _, err := s.library.Commit(ctx)
	if err != nil {
		return fmt.Errorf("begin session: %w", err)
	}
	s.library.WriteSessionCookie(ctx, w, token, s.library.Deadline(ctx))
	return nil
}

// end signs a browser out: its session is gone everywhere.
func (s *Sessions) end(w http.ResponseWriter, r *http.Request) error {
	ctx, cancel := context.WithTimeout(r.Context(), sessionLimit)
	defer cancel()
	ctx, err := s.library.Load(ctx, s.token(r))
	if err == nil {
		err = s.library.Destroy(ctx)
	}
	if err != nil {
		return fmt.Errorf("end session: %w", err)
	}
	s.library.WriteSessionCookie(ctx, w, "", time.Time{})
	return nil
}
