package main_test

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"slices"
	"strings"
	"testing"

	"parley/adapters/adaptertest/oidctest"
)

// signedBy returns the settings by which browsers sign in at a provider.
func signedBy(p *oidctest.Provider) []string {
	return []string{"--oidc-issuer=" + p.Issuer, "--oidc-client-id=" + p.ClientID, "--oidc-client-secret=" + p.ClientSecret}
}

// named is how a provider names a demo person.
func (p *program) named(kind, id string) map[string]any {
	return map[string]any{"sub": id, "kind": kind, "organization": organization(p.t)}
}

// browser is a person with a browser, which keeps cookies and follows the server
// wherever it sends it.
type browser struct {
	p      *program
	client *http.Client
}

func (p *program) browser() browser {
	p.t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		p.t.Fatal(err)
	}
	return browser{p, &http.Client{Jar: jar}}
}

// at is the same browser at another server of the same host.
func (b browser) at(p *program) browser { return browser{p, b.client} }

// send sends a request as the browser does; headers are pairs.
func (b browser) send(method, path string, headers ...string) reply {
	b.p.t.Helper()
	r, err := http.NewRequest(method, b.p.url+path, nil)
	if err != nil {
		b.p.t.Fatal(err)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	answer, err := b.client.Do(r)
	if err != nil {
		b.p.t.Fatalf("%s %s: %v", method, path, err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		b.p.t.Fatalf("%s %s: %v", method, path, err)
	}
	return reply{b.p.t, answer.StatusCode, answer.Header, body}
}

// signIn goes through the provider to /v1/me.
func (b browser) signIn() reply {
	b.p.t.Helper()
	return b.send(http.MethodGet, "/v1/auth/login?return_to=%2Fv1%2Fme")
}

// cookie returns the browser's cookie of that name, or "".
func (b browser) cookie(name string) string {
	u, err := url.Parse(b.p.url)
	if err != nil {
		b.p.t.Fatal(err)
	}
	cookies := b.client.Jar.Cookies(u)
	if at := slices.IndexFunc(cookies, func(c *http.Cookie) bool { return c.Name == name }); at >= 0 {
		return cookies[at].Value
	}
	return ""
}

// isMe fails the test unless an answer of /v1/me is about the person.
func (r reply) isMe(kind, id string) {
	r.t.Helper()
	person, _ := r.want(http.StatusOK).object()["person"].(map[string]any)
	if person["kind"] != kind || person["id"] != id {
		r.t.Errorf("signed in as %v, want %s %s", person, kind, id)
	}
}

func TestBrowser_signs_in_at_the_provider_and_stays_so_over_a_kill_until_it_signs_out(t *testing.T) {
	onBothStacks(t, func(t *testing.T, stores []string) {
		provider := oidctest.Start(t)
		p := serve(t, stores, append(signedBy(provider), "--log-level", "debug")...)
		b := p.browser()
		b.send("GET", "/v1/me").want(http.StatusUnauthorized)
		provider.SignsIn(p.named("customer_user", "buyer"))
		b.signIn().isMe("customer_user", "buyer")
		first := b.cookie("parley_session")
		if b.cookie("parley_login") != "" || first == "" {
			t.Errorf("cookies: login %q, session %q", b.cookie("parley_login"), first)
		}
		p.kill()
		p.start()
		b.send("GET", "/v1/me").isMe("customer_user", "buyer")
		b.send("GET", "/v1/audit").want(http.StatusNotFound)

		provider.SignsIn(p.named("user", "user"))
		b.signIn().isMe("user", "user")
		p.browser().send("GET", "/v1/me", "Cookie", "parley_session="+first).want(http.StatusUnauthorized)
		second := b.cookie("parley_session")
		b.send("POST", "/v1/auth/logout").want(http.StatusNoContent)
		if left := b.cookie("parley_session"); left != "" {
			t.Errorf("the cookie is still there: %s", left)
		}
		p.browser().send("GET", "/v1/me", "Cookie", "parley_session="+second).want(http.StatusUnauthorized)
		for _, secret := range []string{provider.ClientSecret, first, second} {
			if strings.Contains(p.output(), secret) {
				t.Error("the log holds a secret")
			}
		}
	})
}

func TestBrowser_of_nobody_mirrored_is_not_signed_in(t *testing.T) {
	t.Parallel()
	provider := oidctest.Start(t)
	p := serve(t, []string{"--data", t.TempDir()}, signedBy(provider)...)
	p.as("user:admin").send("PUT", "/v1/people/user/gone", map[string]any{"name": "Gone", "enabled": false}).want(http.StatusNoContent)
	for name, claims := range map[string]map[string]any{
		"an unknown person":       p.named("user", "nobody"),
		"a disabled person":       p.named("user", "gone"),
		"an id of the other kind": p.named("user", "buyer"),
		"another organization":    {"sub": "user", "kind": "user", "organization": "globex"},
		"the system":              p.named("system", "system"),
		"a token for another":     {"sub": "user", "kind": "user", "organization": organization(t), "aud": "other"},
		"another's nonce":         {"sub": "user", "kind": "user", "organization": organization(t), "nonce": "other"},
		"another party's token":   {"sub": "user", "kind": "user", "organization": organization(t), "azp": "other"},
	} {
		b := p.browser()
		provider.SignsIn(claims)
		if answer := b.signIn().want(http.StatusUnauthorized); answer.header.Get("WWW-Authenticate") == "" {
			t.Errorf("%s: no WWW-Authenticate", name)
		}
		if b.cookie("parley_session") != "" {
			t.Errorf("%s: got a session", name)
		}
	}
	b := p.browser()
	provider.SignsIn(p.named("user", "user2"))
	b.signIn().isMe("user", "user2")
	p.as("user:admin").send("PUT", "/v1/people/user/user2", map[string]any{"name": "Ugo", "enabled": false}).want(http.StatusNoContent)
	b.send("GET", "/v1/me").want(http.StatusUnauthorized)
}

func TestBrowsers_session_is_good_at_every_instance_on_one_database(t *testing.T) {
	t.Parallel()
	provider := oidctest.Start(t)
	stores := wired(t)
	one := serve(t, stores, signedBy(provider)...)
	two := serve(t, append(slices.Clone(stores), "--data", t.TempDir()), signedBy(provider)...)
	b := one.browser()
	provider.SignsIn(one.named("user", "user"))
	b.signIn().isMe("user", "user")
	b.at(two).send("GET", "/v1/me").isMe("user", "user")
	cookie := "parley_session=" + b.cookie("parley_session")
	b.at(two).send("POST", "/v1/auth/logout").want(http.StatusNoContent)
	one.browser().send("GET", "/v1/me", "Cookie", cookie).want(http.StatusUnauthorized)
}
