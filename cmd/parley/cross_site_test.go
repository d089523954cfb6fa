package main_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"parley/adapters/adaptertest/oidctest"
)

// Browsers send a session's cookie whoever asks them to; what other sites ask
// for is refused, and no answer lets them read anything.
func TestOtherSites_can_do_nothing_with_a_browsers_session(t *testing.T) {
	t.Parallel()
	provider := oidctest.Start(t)
	p := serve(t, []string{"--data", t.TempDir()}, signedBy(provider)...)
	b := p.browser()
	provider.SignsIn(p.named("user", "user"))
	b.signIn().isMe("user", "user")
	at, _ := p.as("user:user").begin(nil)
	foreign, own := []string{"Origin", "https://evil.example"}, []string{"Origin", p.url}
	for name, c := range map[string]struct {
		method, path string
		headers      []string
		status       int
	}{
		"a page of ours closes":               {"POST", at + "/close", own, 200},
		"a page of ours, as browsers say it":  {"POST", at + "/reopen", []string{"Sec-Fetch-Site", "same-origin"}, 0},
		"no browser at all":                   {"DELETE", "/v1/people/user/x", nil, 403}, // not an administrator
		"another site posts":                  {"POST", at + "/close", foreign, 403},
		"another site deletes":                {"DELETE", at, foreign, 403},
		"another site signs out":              {"POST", "/v1/auth/logout", foreign, 403},
		"another site, as browsers say it":    {"POST", at + "/close", []string{"Sec-Fetch-Site", "cross-site"}, 403},
		"another host of the site":            {"POST", at + "/close", []string{"Sec-Fetch-Site", "same-site"}, 403},
		"a page without an origin":            {"POST", at + "/close", []string{"Origin", "null"}, 403},
		"another site looks at whom":          {"GET", "/v1/me", foreign, 403},
		"another site opens a stream":         {"GET", "/v1/live", foreign, 403},
		"another site opens a stream, unsaid": {"GET", "/v1/live", []string{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "cors"}, 403},
		"another site opens the feed":         {"GET", "/v1/events", foreign, 403},
		"another site looks for routes":       {"GET", "/v1/nothing", foreign, 403},
		"another site frames a page":          {"GET", "/v1/me", []string{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate", "Sec-Fetch-Dest", "iframe"}, 403},
		"a link from another site":            {"GET", "/v1/me", []string{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate", "Sec-Fetch-Dest", "document"}, 200},
		"a form of another site, navigating":  {"POST", at + "/close", []string{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate", "Sec-Fetch-Dest", "document"}, 403},
		"another site asks what it may":       {"OPTIONS", "/v1/me", append([]string{"Access-Control-Request-Method", "GET"}, foreign...), 403},
		"another site with a broken session":  {"POST", at + "/close", append([]string{"Cookie", "parley_session=x"}, foreign...), 403},
		"a token, whatever the origin":        {"GET", "/v1/me", append([]string{"Authorization", "Bearer demo:user:user"}, foreign...), 200},
		"a broken token beside a session":     {"GET", "/v1/me", []string{"Authorization", "Bearer nonsense"}, 401},
	} {
		answer := b.send(c.method, c.path, c.headers...)
		if c.status != 0 && answer.status != c.status {
			t.Errorf("%s: got %d, want %d: %s", name, answer.status, c.status, answer.body)
		}
		for header := range answer.header {
			if strings.HasPrefix(header, "Access-Control-") {
				t.Errorf("%s: the answer has %s", name, header)
			}
		}
	}
	b.send("GET", "/v1/me").isMe("user", "user")
	if s := p.as("user:user").stream("/v1/live", "Origin", "https://evil.example"); s.reply.status != http.StatusOK {
		t.Errorf("a stream with a token: %d", s.reply.status)
	}
}

// Whoever sends a browser to the callback signs nobody in.
func TestCallback_takes_only_the_answer_to_what_the_browser_began(t *testing.T) {
	t.Parallel()
	provider := oidctest.Start(t)
	p := serve(t, []string{"--data", t.TempDir()}, signedBy(provider)...)
	begun := func() (b browser, state string) {
		b = p.browser()
		b.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
		answer := b.send("GET", "/v1/auth/login").want(http.StatusSeeOther)
		_, state, _ = strings.Cut(answer.header.Get("Location"), "state=")
		state, _, _ = strings.Cut(state, "&")
		return b, state
	}
	for name, query := range map[string]string{
		"nothing":              "",
		"a code alone":         "?code=x",
		"another state":        "?code=x&state=other",
		"an empty state":       "?code=x&state=",
		"another issuer":       "?code=x&iss=https%3A%2F%2Fevil.example&state=",
		"a code of nobody":     "?code=x&state=",
		"a refusal":            "?error=access_denied&state=",
		"a refusal of another": "?error=access_denied&state=other",
	} {
		b, state := begun()
		if strings.HasSuffix(query, "&state=") && name != "an empty state" {
			query += state
		}
		answer := b.send("GET", "/v1/auth/callback"+query)
		if answer.status != http.StatusBadRequest && answer.status != http.StatusUnauthorized || b.cookie("parley_session") != "" {
			t.Errorf("%s: got %d, session %q", name, answer.status, b.cookie("parley_session"))
		}
	}
	mallory, state := begun()
	victim, _ := begun()
	victim.send("GET", "/v1/auth/callback?code=x&state="+state).want(http.StatusBadRequest)
	p.browser().send("GET", "/v1/auth/callback?code=x&state="+state).want(http.StatusBadRequest)
	mallory.send("HEAD", "/v1/auth/callback?code=x&state="+state).want(http.StatusMethodNotAllowed)
	for _, elsewhere := range []string{
		"https://evil.example", "//evil.example", "/\\evil.example", "\\\\evil.example", "evil", "javascript:alert(1)",
		"/\t/evil.example", "/%0d%0aSet-Cookie:x=y\r\n", "http:/v1/me", strings.Repeat("/a", 1000),
	} {
		r := p.browser().send("GET", "/v1/auth/login?return_to="+url.QueryEscape(elsewhere))
		if r.status != http.StatusUnprocessableEntity {
			t.Errorf("return to %q: %d", elsewhere, r.status)
		}
	}
}
