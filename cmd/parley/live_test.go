package main_test

import (
	"net/http"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"
)

// live opens a live stream and reads its ready. One that goes on behind no last
// event begins behind all that the program has answered.
func (c caller) live(last string) (*stream, uint64) {
	c.p.t.Helper()
	if last != "" {
		return c.liveFrom("Last-Event-ID", last)
	}
	var s *stream
	var ready uint64
	eventually(c.p.t, streamLimit, "a stream begins behind what is there", func() bool {
		if s, ready = c.liveFrom(); ready < c.p.latest.Load() {
			s.close()
			return false
		}
		return true
	})
	return s, ready
}

func (c caller) liveFrom(headers ...string) (*stream, uint64) {
	c.p.t.Helper()
	s := c.stream("/v1/live", headers...)
	s.reply.want(http.StatusOK)
	ready := s.nextHint()
	if ready.Event != "ready" {
		c.p.t.Fatalf("the stream begins with %+v", ready)
	}
	return s, ready.Position
}

// begin starts a conversation of the buyer's and returns its path, once it can
// be read.
func (c caller) begin(more map[string]any) (path, id string) {
	c.p.t.Helper()
	body := map[string]any{"name": "talk", "customer_user": "buyer"}
	for k, v := range more {
		body[k] = v
	}
	started := c.post("/v1/conversations", body).want(http.StatusCreated)
	id = started.object()["id"].(string)
	path = "/v1/conversations/" + id
	c.get(path, "Parley-Min-Position", started.position()).want(http.StatusOK)
	return path, id
}

func say(text string) map[string]any { return map[string]any{"body": text} }

func TestLive_tells_both_sides_and_what_they_then_ask_shows_it(t *testing.T) {
	onBothStacks(t, func(t *testing.T, stores []string) {
		p := serve(t, stores)
		user, buyer := p.as("user:user"), p.as("customer_user:buyer")
		at, id := user.begin(map[string]any{"source": map[string]string{"type": "order", "id": "1001"}})
		user.get(at, "Parley-Min-Position", user.post(at+"/messages", say("one")).position()).want(http.StatusOK)
		theirs, _ := buyer.live("")
		ours, _ := user.live("")
		sent := user.post(at+"/messages", say("two")).want(http.StatusCreated)
		for _, s := range []*stream{theirs, ours} {
			kinds := []string{}
			for !slices.Contains(kinds, "record order 1001") {
				h := s.nextHint()
				if strconv.FormatUint(h.Position, 10) != sent.position() {
					t.Errorf("%+v is not about the message at %s", h, sent.position())
				}
				if h.Event != "record" && h.ID != id {
					t.Errorf("%+v is about another conversation", h)
				}
				kinds = append(kinds, h.Event)
				if h.Event == "record" {
					kinds = append(kinds, "record "+h.Type+" "+h.ID)
				}
			}
			for _, want := range []string{"conversation", "inbox", "list"} {
				if !slices.Contains(kinds, want) {
					t.Errorf("no %s among %q", want, kinds)
				}
			}
		}
		if got := buyer.get("/v1/me/unread").object()["count"]; got != 1.0 {
			t.Errorf("after the hint %v conversations are unread", got)
		}
		if got := buyer.get(at + "/messages").items(); len(got) != 2 || got[1]["body"] != "two" {
			t.Errorf("after the hint the messages are %v", got)
		}
		if got := buyer.get("/v1/me/conversations").items()[0]["message_count"]; got != 2.0 {
			t.Errorf("after the hint the list counts %v messages", got)
		}
		if got := buyer.get("/v1/records/order/1001/activities").items()[0]["message_count"]; got != 2.0 {
			t.Errorf("after the hint the record's activities count %v messages", got)
		}
	})
}

// A hint is sent when the change is there: whoever asks at once sees it, every
// time.
func TestLive_never_tells_before_it_can_be_read(t *testing.T) {
	onBothStacks(t, func(t *testing.T, stores []string) {
		p := serve(t, stores)
		user, buyer := p.as("user:user"), p.as("customer_user:buyer")
		at, id := user.begin(nil)
		s, _ := buyer.live("")
		for n := 1; n <= 40; n++ {
			sent := user.post(at+"/messages", say("again")).want(http.StatusCreated)
			for _, h := s.until("conversation", id); strconv.FormatUint(h.Position, 10) != sent.position(); {
				_, h = s.until("conversation", id)
			}
			if got := buyer.get(at).object()["message_count"]; got != float64(n) {
				t.Fatalf("after the hint of message %d there are %v", n, got)
			}
		}
	})
}

func TestLive_hides_what_customers_must_not_notice(t *testing.T) {
	onBothStacks(t, func(t *testing.T, stores []string) {
		p := serve(t, stores)
		user, manager, buyer := p.as("user:user"), p.as("user:manager"), p.as("customer_user:buyer")
		at, id := user.begin(nil)
		first := user.post(at+"/messages", say("hello")).want(http.StatusCreated)
		buyer.get(at, "Parley-Min-Position", first.position()).want(http.StatusOK)
		theirs, _ := buyer.live(first.position())
		ours, _ := user.live(first.position())
		other, _ := p.as("customer_user:other-buyer").live("")
		manager.post(at+"/messages", map[string]any{"body": "between us", "internal": true}).want(http.StatusCreated)
		manager.send(http.MethodPut, at+"/contexts/order/1002", nil).want(http.StatusNoContent)
		manager.send(http.MethodPut, at+"/participants/user/user2", nil).want(http.StatusNoContent)
		ours.until("record", "1002")
		last := user.post(at+"/messages", say("visible")).want(http.StatusCreated)
		before, found := theirs.until("conversation", id)
		if strconv.FormatUint(found.Position, 10) != last.position() {
			t.Errorf("the buyer was told %+v before the message at %s", found, last.position())
		}
		for _, h := range before {
			if h.Position != found.Position {
				t.Errorf("the buyer was told %+v", h)
			}
		}
		started := p.as("customer_user:other-buyer").post("/v1/conversations", map[string]any{"name": "mine", "message": say("mine")}).want(http.StatusCreated)
		if before, _ := other.until("conversation", started.object()["id"].(string)); slices.ContainsFunc(before, func(h hint) bool { return h.ID == id }) {
			t.Errorf("a stranger was told %+v", before)
		}
	})
}

func TestLive_tells_who_was_removed_only_that_lists_changed(t *testing.T) {
	onBothStacks(t, func(t *testing.T, stores []string) {
		p := serve(t, stores)
		admin := p.as("user:admin")
		at, id := admin.begin(map[string]any{"owner": "admin", "customer_user": "other-buyer"})
		admin.send(http.MethodPut, "/v1/people/user/guest", map[string]any{"name": "Guest", "enabled": true}).want(http.StatusNoContent)
		joined := admin.send(http.MethodPut, at+"/participants/user/guest", nil).want(http.StatusNoContent)
		guest := p.as("user:guest")
		guest.get(at, "Parley-Min-Position", joined.position()).want(http.StatusOK)
		s, _ := guest.live("")
		left := admin.send(http.MethodDelete, at+"/participants/user/guest", nil).want(http.StatusNoContent)
		admin.post(at+"/messages", say("among ourselves")).want(http.StatusCreated)
		elsewhere, another := admin.begin(map[string]any{"name": "elsewhere", "owner": "admin"})
		admin.send(http.MethodPut, elsewhere+"/participants/user/guest", nil).want(http.StatusNoContent)
		before, _ := s.until("conversation", another)
		var told []string
		for _, h := range before {
			if h.ID == id && strconv.FormatUint(h.Position, 10) == left.position() {
				told = append(told, h.Event)
			} else if h.ID == id {
				t.Errorf("told %+v after the removal", h)
			}
		}
		if !slices.Equal(told, []string{"inbox", "list"}) {
			t.Errorf("told %q of the removal", told)
		}
	})
}

// What happens between two connections is made up for, also when the server was
// killed in between.
func TestLive_resumes_without_a_miss(t *testing.T) {
	onBothStacks(t, func(t *testing.T, stores []string) {
		p := serve(t, stores)
		user := p.as("user:user")
		s, from := user.live("")
		s.close()
		want := map[string]bool{}
		post := func() {
			t.Helper()
			path, other := user.begin(map[string]any{"name": "other"})
			user.post(path+"/messages", say("x")).want(http.StatusCreated)
			want[other] = true
		}
		for round := range 3 {
			for range 5 {
				post()
			}
			if round == 1 {
				p.kill()
				p.start()
			}
			post()
			s, resumed := user.live(strconv.FormatUint(from, 10))
			if resumed != from {
				t.Errorf("resumes at %d instead of %d", resumed, from)
			}
			told := map[string]bool{}
			deadline := time.Now().Add(streamLimit)
			for len(told) < len(want) && time.Now().Before(deadline) {
				if h := s.nextHint(); h.Event == "conversation" {
					told[h.ID] = true
				}
			}
			s.close()
		}
	})
}

func TestLive_refuses_ids_that_are_none_and_resets_those_from_elsewhere(t *testing.T) {
	onBothStacks(t, func(t *testing.T, stores []string) {
		p := serve(t, stores)
		user := p.as("user:user")
		for _, id := range []string{"x", "-1", "1e3", "99999999999999999999999"} {
			user.get("/v1/live", "Last-Event-ID", id).want(http.StatusBadRequest)
		}
		s, _ := user.live("18446744073709551615")
		if h := s.nextHint(); h.Event != "reset" {
			t.Errorf("a position from elsewhere is answered with %+v", h)
		}
		p.as("user:nobody").get("/v1/live").want(http.StatusUnauthorized)
		head := user.send(http.MethodHead, "/v1/live", nil).want(http.StatusOK)
		if got := head.header.Get("Content-Type"); got != "text/event-stream" {
			t.Errorf("HEAD says %q", got)
		}
	})
}

// 200 screens hear of everything while messages come, and all end at once with
// the server.
func TestLive_serves_many_screens_until_the_server_stops(t *testing.T) {
	onBothStacks(t, func(t *testing.T, stores []string) {
		p := serve(t, stores)
		user := p.as("user:user")
		at, id := user.begin(nil)
		people := []string{"user:user", "user:admin", "customer_user:buyer", "user:manager"}
		open := make([]*stream, 200)
		for i := range open {
			open[i], _ = p.as(people[i%len(people)]).live("")
		}
		var last string
		for range 20 {
			last = user.post(at+"/messages", say("to all")).want(http.StatusCreated).position()
		}
		for _, s := range open {
			for {
				if _, h := s.until("conversation", id); strconv.FormatUint(h.Position, 10) == last {
					break
				}
			}
		}
		var ended sync.WaitGroup
		for _, s := range open {
			ended.Go(s.awaitEnd)
		}
		if code := p.terminate(); code != 0 {
			t.Errorf("stopped with code %d", code)
		}
		ended.Wait()
	})
}
