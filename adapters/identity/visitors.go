package identity

import (
	"net/http"

	"parley/domain/access"
)

// Visitors authenticates requests by bearer token or, where there is none, by a
// browser's session.
type Visitors struct {
	Bearer Bearer
	// Sessions, which may be nil, are those of browsers.
	Sessions *Sessions
}

// Authenticate returns the actor of a request, or an error with
// domain.CodeUnauthenticated, domain.CodeForbidden for what another site made a
// browser send, or domain.CodeUnavailable.
func (v Visitors) Authenticate(r *http.Request) (access.Actor, error) {
	return v.actor(r, v.Sessions.identify)
}

// Again is Authenticate for a request that was authenticated and has been under
// way since. It does not keep a session from ending for want of use.
func (v Visitors) Again(r *http.Request) (access.Actor, error) {
	return v.actor(r, v.Sessions.identifyAgain)
}

func (v Visitors) actor(r *http.Request, identify func(*http.Request) (Identity, error)) (access.Actor, error) {
	if v.Sessions == nil || len(r.Header.Values("Authorization")) > 0 || !v.Sessions.has(r) {
		return v.Bearer.Authenticate(r)
	}
	id, err := identify(r)
	if err != nil {
		return access.Actor{}, err
	}
	return v.Bearer.Directory.Actor(r.Context(), id.Organization, id.Person)
}
