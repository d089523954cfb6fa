package main_test

import (
	"maps"
	"net/http"
	"slices"
	"testing"
	"time"

	"parley/adapters/adaptertest/oidctest"
)

// briefly returns whoever the claims name, with a token that is good for 5 s more:
// servers take one for a minute longer than it says.
func (p *program) briefly(provider *oidctest.Provider, claims map[string]any) caller {
	claims = maps.Clone(claims)
	claims["exp"] = time.Now().Add(5*time.Second - time.Minute).Unix()
	return p.withToken(provider.Token(claims))
}

// A stream ends with the token by which it was opened, and what waits is told
// that it has to sign in.
func TestRow_2_7_a_stream_ends_with_the_token_that_opened_it(t *testing.T) {
	onBothStacks(t, func(t *testing.T, stores []string) {
		provider := oidctest.Start(t)
		p := serve(t, stores, signedBy(provider)...)
		admin := p.named("user", "admin")
		at, id := p.as(anAdmin).begin(nil)
		long, _ := p.withToken(provider.Token(admin)).live("")
		ending := map[caller]*stream{}
		for _, path := range []string{"/v1/live", "/v1/events"} {
			var who caller
			var brief *stream
			eventually(t, startLimit, "a stream is opened before its token ends", func() bool {
				who = p.briefly(provider, admin)
				brief = who.stream(path)
				return brief.reply.status == http.StatusOK
			})
			ending[who] = brief
		}
		eventually(t, 2*startLimit, "a wait is begun before its token ends", func() bool {
			begun := time.Now()
			p.briefly(provider, admin).get("/v1/events?type=of-nothing.v1&wait=55").want(http.StatusUnauthorized)
			return time.Since(begun) > time.Second
		})
		for who, brief := range ending {
			brief.awaitEnd()
			who.stream("/v1/live").reply.want(http.StatusUnauthorized)
		}
		p.as(anAdmin).post(at+"/messages", saying("still there")).want(http.StatusCreated)
		long.until("conversation", id)
	})
}

func TestRow_2_7_a_stream_ends_when_its_session_is_signed_out_at_any_instance(t *testing.T) {
	t.Parallel()
	provider := oidctest.Start(t)
	stores := wired(t)
	one := serve(t, stores, signedBy(provider)...)
	two := serve(t, append(slices.Clone(stores), "--data", t.TempDir()), signedBy(provider)...)
	signedOutAt(t, provider, one, two)
}

func TestRow_2_7_a_stream_ends_when_its_session_is_signed_out(t *testing.T) {
	onBothStacks(t, func(t *testing.T, stores []string) {
		provider := oidctest.Start(t)
		p := serve(t, stores, signedBy(provider)...)
		signedOutAt(t, provider, p, p)
	})
}

// signedOutAt demands that the streams at one server end that were opened by a
// session which is signed out at a server, and no others.
func signedOutAt(t *testing.T, provider *oidctest.Provider, here, there *program) {
	t.Helper()
	signedIn := func() (b browser, cookie []string) {
		b = here.browser()
		provider.SignsIn(here.named("user", "admin"))
		b.signIn().isMe("user", "admin")
		return b, []string{"Cookie", "parley_session=" + b.cookie("parley_session")}
	}
	at, id := here.as(anAdmin).begin(nil)
	going, cookie := signedIn()
	_, others := signedIn()
	anonymous := here.withToken("")
	screen, feed := anonymous.stream("/v1/live", cookie...), anonymous.stream("/v1/events", cookie...)
	other := anonymous.stream("/v1/live", others...)
	for _, s := range []*stream{screen, feed, other} {
		s.reply.want(http.StatusOK)
	}
	going.at(there).send("POST", "/v1/auth/logout").want(http.StatusNoContent)
	screen.awaitEnd()
	feed.awaitEnd()
	anonymous.get("/v1/live", cookie...).want(http.StatusUnauthorized)
	here.as(anAdmin).post(at+"/messages", saying("still there")).want(http.StatusCreated)
	other.until("conversation", id)
}

// A feed is for administrators: it ends for one who no longer is.
func TestRow_2_7_a_feed_ends_with_the_right_to_it(t *testing.T) {
	t.Parallel()
	p := serve(t, []string{"--data", t.TempDir()})
	admin := p.as(anAdmin)
	person := func(role string) obj { return obj{"name": "Deputy", "roles": arr{role}} }
	admin.send(http.MethodPut, "/v1/people/user/deputy", person("administrator")).want(http.StatusNoContent)
	feed := p.as("user:deputy").stream("/v1/events?type=of-nothing.v1")
	feed.reply.want(http.StatusOK)
	admin.send(http.MethodPut, "/v1/people/user/deputy", person("user")).want(http.StatusNoContent)
	feed.awaitEnd()
}
