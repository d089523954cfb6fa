// Package oidctest is a real OpenID provider in the test's process: discovery,
// keys that can be exchanged, and the authorization code flow with PKCE. It goes
// down, falls silent and comes back as told.
package oidctest

import (
	"crypto/rand"
	"crypto/rsa"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/oauth2-proxy/mockoidc"
)

// State is how the provider behaves.
type State int

// The states. Down drops every connection, Silent answers none.
const (
	Up State = iota
	Down
	Silent
)

// Provider is a running provider.
type Provider struct {
	// Issuer is its name and the address it is discovered at; ClientID and
	// ClientSecret are those of the one client that it knows.
	Issuer, ClientID, ClientSecret string

	t    testing.TB
	stop chan struct{}

	mu    sync.Mutex // held by each answer
	mock  *mockoidc.MockOIDC
	state State
	asked int
}

// Start runs a provider until the test ends.
func Start(t testing.TB) *Provider {
	t.Helper()
	mock, err := mockoidc.NewServer(nil)
	if err != nil {
		t.Fatalf("make the provider: %v", err)
	}
	p := &Provider{t: t, mock: mock, stop: make(chan struct{})}
	mux := http.NewServeMux()
	for path, answer := range map[string]http.HandlerFunc{
		mockoidc.AuthorizationEndpoint: mock.Authorize,
		mockoidc.TokenEndpoint:         mock.Token,
		mockoidc.JWKSEndpoint:          mock.JWKS,
		mockoidc.DiscoveryEndpoint:     mock.Discovery,
	} {
		mux.Handle(path, answer)
	}
	server := httptest.NewServer(p.behaving(mux))
	t.Cleanup(server.Close)
	t.Cleanup(func() { close(p.stop) })
	mock.Server = &http.Server{Addr: strings.TrimPrefix(server.URL, "http://")}
	p.Issuer, p.ClientID, p.ClientSecret = mock.Issuer(), mock.ClientID, mock.ClientSecret
	return p
}

// behaving answers as the state says.
func (p *Provider) behaving(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.mu.Lock()
		defer p.mu.Unlock()
		if strings.HasSuffix(r.URL.Path, "/openid-configuration") {
			p.asked++
		}
		switch p.state {
		case Down:
			panic(http.ErrAbortHandler)
		case Silent:
			p.mu.Unlock()
			select {
			case <-p.stop:
			case <-r.Context().Done():
			}
			p.mu.Lock()
			panic(http.ErrAbortHandler)
		}
		next.ServeHTTP(w, r)
	})
}

// Become changes how the provider behaves.
func (p *Provider) Become(s State) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.state = s
}

// Asked returns how often the provider was asked for what it publishes.
func (p *Provider) Asked() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.asked
}

// Rotate exchanges the provider's key for another.
func (p *Provider) Rotate() {
	p.t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		p.t.Fatalf("make a key: %v", err)
	}
	pair, err := mockoidc.NewKeypair(key)
	if err != nil {
		p.t.Fatalf("make a key: %v", err)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.mock.Keypair = pair
}

// Token returns a token with the claims, which the provider signs with the key
// of now. It is for the client and of now unless the claims say otherwise.
func (p *Provider) Token(claims map[string]any) string {
	p.t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	token, err := p.mock.Keypair.SignJWT(p.complete(claims))
	if err != nil {
		p.t.Fatalf("sign a token: %v", err)
	}
	return token
}

// TokenUnder is [Provider.Token], but says that it is signed with a key of
// another id, "" for none, or by another algorithm: RS256 is the published one.
func (p *Provider) TokenUnder(keyID, algorithm string, claims map[string]any) string {
	p.t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	token := jwt.NewWithClaims(jwt.GetSigningMethod(algorithm), p.complete(claims))
	if keyID != "" {
		token.Header["kid"] = keyID
	}
	signed, err := token.SignedString(p.mock.Keypair.PrivateKey)
	if err != nil {
		p.t.Fatalf("sign a token: %v", err)
	}
	return signed
}

// complete returns the claims of a token.
func (p *Provider) complete(claims map[string]any) jwt.MapClaims {
	all := jwt.MapClaims{
		"iss": p.Issuer, "aud": p.ClientID,
		"iat": time.Now().Unix(), "exp": time.Now().Add(time.Hour).Unix(),
	}
	maps.Copy(all, claims)
	return all
}

// SignsIn makes the next browser that comes to sign in be the person whom the
// claims name; they win over the provider's own.
func (p *Provider) SignsIn(claims map[string]any) { p.mock.QueueUser(person{claims}) }
