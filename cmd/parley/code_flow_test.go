package main_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"parley/adapters/adaptertest/oidctest"
)

// arrive goes to the provider as a browser that wants to sign in, and returns
// the way back with the code, which it does not go.
func (b browser) arrive() (back string) {
	b.p.t.Helper()
	follow := b.client.CheckRedirect
	b.client.CheckRedirect = func(r *http.Request, _ []*http.Request) error {
		if strings.HasSuffix(r.URL.Path, "/v1/auth/callback") {
			back = r.URL.RequestURI()
			return http.ErrUseLastResponse
		}
		return nil
	}
	b.send("GET", "/v1/auth/login").want(http.StatusFound)
	b.client.CheckRedirect = follow
	if !strings.Contains(back, "code=") || !strings.Contains(back, "state=") {
		b.p.t.Fatalf("the provider sends back to %q", back)
	}
	return back
}

// with returns the way back with one parameter exchanged for that of another.
func with(t *testing.T, back, name, other string) string {
	t.Helper()
	path, query, _ := strings.Cut(back, "?")
	_, others, _ := strings.Cut(other, "?")
	values, err := url.ParseQuery(query)
	if err != nil {
		t.Fatal(err)
	}
	from, err := url.ParseQuery(others)
	if err != nil {
		t.Fatal(err)
	}
	values.Set(name, from.Get(name))
	return path + "?" + values.Encode()
}

// A code is good once, and only in the browser whose sign-in it answers.
func TestCodeFlow_takes_a_code_once_and_from_the_browser_that_began(t *testing.T) {
	t.Parallel()
	provider := oidctest.Start(t)
	p := serve(t, []string{"--data", t.TempDir()}, signedBy(provider)...)
	refused := func(what string, b browser, back string) {
		t.Helper()
		r := b.send("GET", back)
		if r.status != http.StatusBadRequest && r.status != http.StatusUnauthorized || b.cookie("parley_session") != "" {
			t.Errorf("%s: got %d, session %q: %s", what, r.status, b.cookie("parley_session"), r.body)
		}
	}
	begun := func() (browser, string) {
		b := p.browser()
		provider.SignsIn(p.named("user", "user"))
		return b, b.arrive()
	}
	_, back := begun()
	thief, _ := begun()
	refused("a stolen way back in a browser that began nothing", p.browser(), back)
	refused("a stolen way back in a browser that began another", thief, back)
	thief, own := begun()
	refused("a stolen code under one's own state", thief, with(t, own, "code", back)) // PKCE
	victim, back := begun()
	_, own = begun()
	refused("one's own code in the victim's browser", victim, with(t, back, "code", own)) // what login CSRF is
	victim, back = begun()
	refused("one's own state in the victim's browser", victim, with(t, back, "state", own))
	victim, back = begun()
	victim.send("GET", back).want(http.StatusOK).isMe("user", "user")
	session := victim.cookie("parley_session")
	victim.send("GET", back).want(http.StatusBadRequest)
	if victim.cookie("parley_session") != session {
		t.Error("a replay changes the session")
	}
	victim.send("GET", "/v1/me").isMe("user", "user")
	refused("a code that has been used", p.browser(), back)
	again, fresh := begun()
	refused("a code that has been used, under a new state", again, with(t, fresh, "code", back))
}

// The code flow uses PKCE, with a challenge that tells nothing of the verifier,
// a state and a nonce, all new each time.
func TestCodeFlow_asks_with_state_nonce_and_challenge(t *testing.T) {
	t.Parallel()
	provider := oidctest.Start(t)
	p := serve(t, []string{"--data", t.TempDir()}, signedBy(provider)...)
	seen := map[string]bool{}
	for range 3 {
		b := p.browser()
		b.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
		to, err := url.Parse(b.send("GET", "/v1/auth/login").want(http.StatusSeeOther).header.Get("Location"))
		if err != nil {
			t.Fatal(err)
		}
		asked := to.Query()
		if asked.Get("response_type") != "code" || asked.Get("code_challenge_method") != "S256" || !strings.Contains(asked.Get("scope"), "openid") {
			t.Errorf("asks with %v", asked)
		}
		for _, name := range []string{"state", "nonce", "code_challenge"} {
			if value := asked.Get(name); len(value) < 22 || seen[value] {
				t.Errorf("%s is %q", name, value)
			}
			seen[asked.Get(name)] = true
		}
	}
}
