package main_test

import (
	"net/http"
	"slices"
	"testing"

	"parley/adapters/adaptertest/oidctest"
	"parley/adapters/adaptertest/pgtest"
)

// withToken returns whoever a token names as a caller.
func (p *program) withToken(token string) caller { return caller{p, token} }

// isUnavailable fails the test unless an answer says to come back.
func (r reply) isUnavailable(what string) {
	r.t.Helper()
	if r.status != http.StatusServiceUnavailable || r.header.Get("Retry-After") == "" {
		r.t.Errorf("%s: got %d, Retry-After %q: %s", what, r.status, r.header.Get("Retry-After"), r.body)
	}
}

func TestTokens_of_a_provider_that_rotates_keys_and_goes_down_at_any_time(t *testing.T) {
	onBothStacks(t, func(t *testing.T, stores []string) {
		provider := oidctest.Start(t)
		provider.Become(oidctest.Down)
		p := serve(t, stores, signedBy(provider)...)
		first := p.withToken(provider.Token(p.named("user", "user")))
		first.get("/v1/me").isUnavailable("a token while the provider is down at the start")
		p.browser().send("GET", "/v1/auth/login").isUnavailable("a sign-in while the provider is down")
		p.as("user:user").get("/v1/me").want(http.StatusOK)

		provider.Become(oidctest.Up)
		eventually(t, startLimit, "the server finds the provider", func() bool {
			return first.get("/v1/me").status == http.StatusOK
		})
		provider.Rotate()
		second := p.withToken(provider.Token(p.named("customer_user", "buyer")))
		second.get("/v1/me").isMe("customer_user", "buyer")
		refused := first.get("/v1/me").want(http.StatusUnauthorized)
		if refused.header.Get("WWW-Authenticate") == "" {
			t.Error("a refusal without WWW-Authenticate")
		}

		provider.Become(oidctest.Down)
		second.get("/v1/me").isMe("customer_user", "buyer")
		provider.Rotate()
		third := p.withToken(provider.Token(p.named("user", "user")))
		eventually(t, startLimit, "a new key is unavailable while the provider is down", func() bool {
			return third.get("/v1/me").status == http.StatusServiceUnavailable // 401 while it has been asked too often
		})
		provider.Become(oidctest.Up)
		eventually(t, startLimit, "the server takes the new key", func() bool {
			return third.get("/v1/me").status == http.StatusOK
		})
	})
}

func TestTokens_are_read_as_configured(t *testing.T) {
	t.Parallel()
	provider := oidctest.Start(t)
	p := serve(t, []string{"--data", t.TempDir()}, "--oidc-issuer", provider.Issuer, "--oidc-audience", "api",
		"--claim-person", "realm.person.number", "--claim-kind", "https://acme.example/kind", "--organization", organization(t))
	claims := map[string]any{
		"sub": "x", "aud": []string{"api", "other"}, "https://acme.example/kind": "user",
		"organization": "globex", "realm": map[string]any{"person": map[string]any{"number": "manager"}},
	}
	p.withToken(provider.Token(claims)).get("/v1/me").isMe("user", "manager")
	claims["aud"] = "other"
	p.withToken(provider.Token(claims)).get("/v1/me").want(http.StatusUnauthorized)
	p.browser().send("GET", "/v1/auth/login").want(http.StatusNotFound) // there is no client to sign in as
}

// Without --demo nobody is let in by name.
func TestDemoTokens_are_good_in_the_demo_only(t *testing.T) {
	t.Parallel()
	stores := []string{"--data", t.TempDir()}
	p := serve(t, stores)
	p.as("user:admin").get("/v1/me").isMe("user", "admin")
	p.terminate()
	provider := oidctest.Start(t)
	at := slices.Index(p.args, "--demo")
	p.args = append(slices.Delete(p.args, at, at+1), signedBy(provider)...)
	p.start()
	p.as("user:admin").get("/v1/me").want(http.StatusUnauthorized)
	p.withToken(provider.Token(p.named("user", "admin"))).get("/v1/me").isMe("user", "admin")
}

// Sessions are rows, tokens are not.
func TestSessions_are_unavailable_while_the_database_is_down_and_tokens_go_on(t *testing.T) {
	t.Parallel()
	provider := oidctest.Start(t)
	server := pgtest.NewServer(t)
	p := serve(t, []string{"--data", t.TempDir(), "--database", server.Database(t)}, signedBy(provider)...)
	b, token := p.browser(), p.withToken(provider.Token(p.named("user", "user")))
	provider.SignsIn(p.named("user", "user"))
	b.signIn().isMe("user", "user")
	server.Kill(t)
	b.send("GET", "/v1/me").isUnavailable("a session")
	b.send("POST", "/v1/auth/logout").isUnavailable("a sign-out")
	token.get("/v1/me").isMe("user", "user")
	server.Restart(t)
	eventually(t, startLimit, "the session is good again", func() bool {
		return b.send("GET", "/v1/me").status == http.StatusOK
	})
}
