package identity

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"parley/domain"
)

// SignInConfig says as which client of which provider browsers are signed in.
type SignInConfig struct {
	Provider     *Provider
	ClientID     string
	ClientSecret string
	Scopes       []string
	Claims       Claims
	Directory    Directory
	Sessions     *Sessions
	// Callback is the URL that the provider sends browsers back to: its path
	// alone where browsers come to a loopback address, which they then name.
	Callback string
}

// SignIn signs browsers in by OpenID Connect's authorization code flow, with PKCE
// (RFC 7636, S256), state and nonce. What it must remember of a sign-in it gives
// to the browser in a cookie of its own, so nobody can fill the server with
// sign-ins that are never finished.
type SignIn struct{ SignInConfig }

// NewSignIn returns how browsers sign in.
func NewSignIn(c SignInConfig) *SignIn { return &SignIn{c} }

var errBegun = domain.NewError(domain.CodeMalformed, "This sign-in was begun by another browser or too long ago; begin it again.")

// Begin returns the provider's address to send the browser to, which comes back
// to be taken to returnTo: a path of this server.
func (s *SignIn) Begin(w http.ResponseWriter, r *http.Request, returnTo string) (location string, err error) {
	if !isLocal(returnTo) {
		return "", domain.Invalid(domain.FieldError{Parameter: "return_to", Detail: "It must be a path of this server, such as /v1/me."})
	}
	client, err := s.client(r)
	if err != nil {
		return "", err
	}
	flow := signing{State: rand.Text(), Nonce: rand.Text(), Verifier: oauth2.GenerateVerifier(), ReturnTo: returnTo}
	http.SetCookie(w, flow.cookie(s.Sessions.secure))
	return client.AuthCodeURL(flow.State, oauth2.S256ChallengeOption(flow.Verifier), oidc.Nonce(flow.Nonce)), nil
}

// Begun reports whether a browser that comes back from the provider has begun to
// sign in here.
func (s *SignIn) Begun(r *http.Request) bool {
	_, ok := s.begun(r)
	return ok
}

// begun returns the sign-in that the browser has begun and now comes back from.
func (s *SignIn) begun(r *http.Request) (signing, bool) {
	flow, ok := signingOf(r, s.Sessions.secure)
	same := subtle.ConstantTimeCompare([]byte(r.URL.Query().Get("state")), []byte(flow.State)) == 1
	return flow, ok && same && isLocal(flow.ReturnTo)
}

// Finish takes the browser that comes back from the provider, begins its session
// and returns where it wanted to go.
func (s *SignIn) Finish(w http.ResponseWriter, r *http.Request) (location string, err error) {
	flow, ok := s.begun(r)
	http.SetCookie(w, signing{}.cookie(s.Sessions.secure))
	q := r.URL.Query()
	if !ok {
		return "", errBegun
	}
	if issuer := q.Get("iss"); issuer != "" && issuer != s.Provider.issuer { // RFC 9207
		return "", errBegun
	}
	if q.Get("error") != "" || q.Get("code") == "" {
		return "", refuse("The identity provider has not signed you in; try again.")
	}
	id, err := s.identify(r, q.Get("code"), flow)
	if err != nil {
		return "", err
	}
	if _, err := s.Directory.Actor(r.Context(), id.Organization, id.Person); err != nil {
		return "", err
	}
	return flow.ReturnTo, s.Sessions.begin(w, r, id)
}

// End signs the browser out.
func (s *SignIn) End(w http.ResponseWriter, r *http.Request) error {
	if !s.Sessions.has(r) {
		return nil
	}
	return s.Sessions.end(w, r)
}

// identify exchanges the code for a token and returns whom it names.
func (s *SignIn) identify(r *http.Request, code string, flow signing) (Identity, error) {
	client, err := s.client(r)
	if err != nil {
		return Identity{}, err
	}
	ctx, cancel := context.WithTimeout(oidc.ClientContext(r.Context(), s.Provider.client), fetchLimit)
	defer cancel()
	tokens, err := client.Exchange(ctx, code, oauth2.VerifierOption(flow.Verifier))
	if err != nil {
		return Identity{}, exchangeRefused(err)
	}
	raw, _ := tokens.Extra("id_token").(string)
	token, err := Issuer{Name: s.Provider.issuer, Audience: s.ClientID, Keys: s.Provider}.verify(r.Context(), raw)
	if err != nil {
		return Identity{}, err
	}
	var claims struct {
		Party string `json:"azp"`
	}
	if token.Claims(&claims) != nil || claims.Party != "" && claims.Party != s.ClientID ||
		subtle.ConstantTimeCompare([]byte(token.Nonce), []byte(flow.Nonce)) != 1 {
		return Identity{}, errToken
	}
	return s.Claims.identity(token.payload)
}

// exchangeRefused says why there is no token: the code is not good, we are not
// who the provider knows, or it does not answer.
func exchangeRefused(err error) error {
	answer, ok := errors.AsType[*oauth2.RetrieveError](err)
	switch {
	case !ok || answer.Response != nil && answer.Response.StatusCode >= http.StatusInternalServerError:
		return domain.Unavailable("The identity provider does not answer; try again in a moment.", 2*time.Second, err)
	case answer.ErrorCode == "invalid_client" || answer.ErrorCode == "unauthorized_client":
		return fmt.Errorf("exchange code: the provider answers %s: check the client's id and secret", answer.ErrorCode)
	}
	return refuse("The identity provider has not signed you in; try again.")
}

// client is us, as the provider knows us.
func (s *SignIn) client(r *http.Request) (*oauth2.Config, error) {
	callback := s.Callback
	if strings.HasPrefix(callback, "/") {
		if !isLoopbackHost(r.Host) {
			return nil, domain.NewError(domain.CodeMalformed, "Open the server by its loopback address to sign in, or set its public address.")
		}
		callback = "http://" + r.Host + callback
	}
	endpoint, err := s.Provider.endpoint(r.Context())
	return &oauth2.Config{
		ClientID: s.ClientID, ClientSecret: s.ClientSecret, Endpoint: endpoint,
		RedirectURL: callback, Scopes: append([]string{oidc.ScopeOpenID}, s.Scopes...),
	}, err
}

func isLoopbackHost(hostport string) bool {
	host, _, err := net.SplitHostPort(hostport)
	if err != nil {
		host = hostport
	}
	address, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && address.IsLoopback()
}

// isLocal reports whether a browser that is sent to a path stays on this server.
func isLocal(path string) bool {
	if len(path) > maxReturnTo || !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") || strings.Contains(path, `\`) {
		return false
	}
	u, err := url.Parse(path) // which takes no control characters
	return err == nil && u.Scheme == "" && u.Host == ""
}
