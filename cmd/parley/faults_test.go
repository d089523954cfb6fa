package main_test

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"parley/adapters/adaptertest/pgtest"
)

// wantRowsLikeEvents rebuilds every read model of a running server and fails the
// test unless the rows were already what the events say.
func wantRowsLikeEvents(t *testing.T, p *program) {
	t.Helper()
	for _, m := range readModels {
		code, out, errs := runProgram(t, nil, "rebuild", m.Name, "--data", p.data())
		if code != 0 || !strings.Contains(out, "were the same") {
			t.Errorf("rebuild %s ended with %d: %s%s", m.Name, code, out, errs)
		}
	}
}

// Told to stop under load, five times over, the server finishes what it has
// begun, forgets nothing that it promised, and ends well.
func TestServe_stops_under_load_and_keeps_its_promises(t *testing.T) {
	onBothStacks(t, func(t *testing.T, stores []string) {
		p := serve(t, stores)
		one, _ := p.as("user:user").begin(nil)
		two, _ := p.as("user:user").begin(nil)
		var before []string
		for range 5 {
			s, _ := p.as("user:user").live("")
			c := chat(t, 16, []*program{p}, one, two)
			c.expect(before...)
			c.awaitMore(50, "before the stop")
			if code := p.terminate(); code != 0 {
				t.Errorf("stopped with code %d", code)
			}
			s.awaitEnd()
			c.stop()
			p.start()
			c.verify(p)
			before = c.all()
		}
		p.wantNoFault()
	})
}

// The database is killed under load: commands go on, questions are told to come
// back, and then everything is as if nothing had been.
func TestServe_goes_on_while_PostgreSQL_is_down(t *testing.T) {
	t.Parallel()
	server := pgtest.NewServer(t)
	stores := []string{"--data", t.TempDir(), "--database", server.Database(t)}
	p := serve(t, stores)
	user := p.as("user:user")
	at, _ := user.begin(nil)
	c := chat(t, 8, []*program{p}, at)
	for range 2 {
		c.awaitMore(50, "before the fault")
		server.Kill(t)
		c.awaitMore(200, "while the database is down")
		for _, path := range []string{"/v1/conversations", at, at + "/messages", "/v1/me/unread", "/readyz"} {
			answer := user.get(path).want(http.StatusServiceUnavailable)
			if answer.header.Get("Retry-After") == "" {
				t.Errorf("%s does not say when to come back", path)
			}
		}
		if got := string(user.get("/readyz").body); !strings.Contains(got, "database") {
			t.Errorf("readyz does not name the trouble: %s", got)
		}
		server.Restart(t)
		began := time.Now()
		eventually(t, startLimit, "questions are answered again", func() bool {
			_, id := user.begin(nil)
			return user.get("/v1/conversations/"+id).status == http.StatusOK
		})
		t.Logf("back after %v", time.Since(began))
		p.awaitReady()
	}
	c.stop()
	if n := c.refusals(http.StatusServiceUnavailable); n > 0 {
		t.Errorf("%d commands were refused", n)
	}
	c.verify(p)
	wantRowsLikeEvents(t, p)
	if code := p.terminate(); code != 0 {
		t.Errorf("stopped with code %d", code)
	}
}

// A database that swallows everything without closing holds nobody for long.
func TestServe_goes_on_while_PostgreSQL_swallows_everything(t *testing.T) {
	t.Parallel()
	server := pgtest.NewServer(t)
	proxy := startProxy(t, "127.0.0.1:"+strconv.Itoa(server.Port()))
	address, err := url.Parse(server.Database(t))
	if err != nil {
		t.Fatal(err)
	}
	stores := []string{"--data", t.TempDir(), "--database", "postgres://postgres@" + proxy.Listen + address.Path}
	p := serve(t, stores)
	user := p.as("user:user")
	at, _ := user.begin(nil)
	c := chat(t, 4, []*program{p}, at)
	c.awaitMore(50, "before the fault")
	swallow(t, proxy, requests, answers)
	c.awaitMore(20, "in the black hole")
	if answer := user.get(at).want(http.StatusServiceUnavailable); answer.header.Get("Retry-After") == "" {
		t.Error("the answer does not say when to come back")
	}
	user.get("/readyz").want(http.StatusServiceUnavailable)
	release(t, proxy, requests, answers)
	p.awaitReady()
	c.awaitMore(50, "after the fault")
	c.stop()
	c.verify(p)
	if n := c.refusals(http.StatusServiceUnavailable); n > 0 {
		t.Errorf("%d commands were refused", n)
	}
	wantRowsLikeEvents(t, p)
	if code := p.terminate(); code != 0 {
		t.Errorf("stopped with code %d", code)
	}
}

// The event store is gone for two seconds under load: commands are told to come
// back, questions are answered, and nothing is lost or done twice.
func TestServe_waits_for_an_event_store_that_is_away(t *testing.T) {
	t.Parallel()
	w := startWire(t)
	stores := []string{"--data", t.TempDir(), "--eventstore", w.connection(), "--database", pgtest.Start(t)}
	p := serve(t, stores)
	user := p.as("user:user")
	at, _ := user.begin(nil)
	c := chat(t, 8, []*program{p}, at)
	c.awaitMore(50, "before the fault")
	w.stop(t)
	away := time.Now()
	user.get("/v1/conversations").want(http.StatusOK)
	<-time.After(2*time.Second - time.Since(away))
	w.start(t)
	c.awaitMore(100, "after the short outage")
	w.stop(t)
	eventually(t, startLimit, "posts are refused", func() bool { return c.refusals(http.StatusServiceUnavailable) > 0 })
	p.saysUnready("the event store cannot be reached")
	w.start(t)
	c.awaitMore(100, "after the long outage")
	p.awaitReady()
	c.stop()
	if c.longest > 30*time.Second {
		t.Errorf("an answer took %v", c.longest)
	}
	c.verify(p)
	wantRowsLikeEvents(t, p)
	if code := p.terminate(); code != 0 {
		t.Errorf("stopped with code %d", code)
	}
}

// pair starts two servers on one event store and one database.
func pair(t *testing.T) (one, two *program) {
	t.Helper()
	stores := wired(t)
	one = serve(t, stores)
	two = serve(t, append(slices.Clone(stores), "--data", t.TempDir()))
	return one, two
}

func TestServe_two_instances_write_one_conversation(t *testing.T) {
	t.Parallel()
	one, two := pair(t)
	at, id := one.as("user:user").begin(nil)
	here, _ := one.as("customer_user:buyer").live("")
	there, _ := two.as("customer_user:buyer").live("")
	c := chat(t, 12, []*program{one, two}, at)
	c.awaitMore(200, "on both")
	here.until("conversation", id)
	there.until("conversation", id)
	c.stop()
	c.verify(one)
	c.verify(two)
	wantRowsLikeEvents(t, one)
}

func TestServe_two_instances_know_each_others_keys_and_people(t *testing.T) {
	t.Parallel()
	one, two := pair(t)
	at, _ := one.as("user:user").begin(nil)
	first := one.as("user:user").post(at+"/messages", say("once"), "Idempotency-Key", "k").want(http.StatusCreated)
	again := two.as("user:user").post(at+"/messages", say("once"), "Idempotency-Key", "k").want(http.StatusCreated)
	if string(first.body) != string(again.body) || first.position() != again.position() {
		t.Errorf("the repetition on the other instance got %s at %s, not %s at %s", again.body, again.position(), first.body, first.position())
	}
	two.as("user:user").post(at+"/messages", say("other"), "Idempotency-Key", "k").want(http.StatusUnprocessableEntity)

	two.as("user:user2").get("/v1/me").want(http.StatusOK)
	s, _ := two.as("user:user2").live("")
	person := map[string]any{"name": "User 2", "business_unit": "sales", "roles": []string{"user"}, "enabled": false}
	one.as("user:admin").send(http.MethodPut, "/v1/people/user/user2", person).want(http.StatusNoContent)
	one.as("user:user2").get("/v1/me").want(http.StatusUnauthorized)
	began := time.Now()
	eventually(t, streamLimit, "the other instance knows it", func() bool {
		return two.as("user:user2").get("/v1/me").status == http.StatusUnauthorized
	})
	t.Logf("known after %v", time.Since(began))
	s.awaitEnd()
}

// The instance that keeps the read models is killed: the other, which was ready
// before it had any to keep, takes them over as they are and shows all that was
// promised, and screens on it go on.
func TestServe_the_other_instance_takes_over(t *testing.T) {
	t.Parallel()
	one, two := pair(t)
	at, id := one.as("user:user").begin(nil)
	one.showsWhatIsSaid(at, "before")
	two.showsWhatIsSaid(at, "elsewhere")
	s, _ := two.as("customer_user:buyer").live("")
	c := chat(t, 4, []*program{two}, at)
	c.expect("before", "elsewhere", "after the kill", "now")
	c.awaitMore(20, "with both")
	s.until("conversation", id)
	one.kill()
	began := time.Now()
	now := two.as("user:user").post(at+"/messages", say("after the kill")).want(http.StatusCreated)
	eventually(t, startLimit, "the read models move again", func() bool {
		return two.as("user:user").get(at, "Parley-Min-Position", now.position()).status == http.StatusOK
	})
	t.Logf("taken over after %v", time.Since(began))
	after, err := strconv.ParseUint(now.position(), 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	for _, h := s.until("conversation", id); h.Position < after; {
		_, h = s.until("conversation", id)
	}
	c.stop()
	c.verify(two)
	two.showsWhatIsSaid(at, "now")
	two.awaitReady()
	if strings.Contains(two.output(), "is rebuilt") {
		t.Errorf("what was taken over is made anew:\n%s", two.output())
	}
	wantRowsLikeEvents(t, two)
}
