package main_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
)

// cloudEvent is an event of the feed, by its JSON.
type cloudEvent struct {
	SpecVersion     string          `json:"specversion"`
	ID              uuid.UUID       `json:"id"`
	Source          string          `json:"source"`
	Type            string          `json:"type"`
	Subject         string          `json:"subject"`
	Time            time.Time       `json:"time"`
	DataContentType string          `json:"datacontenttype"`
	Sequence        string          `json:"sequence"`
	Data            json.RawMessage `json:"data"`
}

// feed reads a page of the feed and returns where to go on.
func (c caller) feed(query url.Values) (items []cloudEvent, next uint64) {
	c.p.t.Helper()
	var page struct {
		Items []cloudEvent `json:"items"`
		Next  uint64       `json:"next"`
	}
	answer := c.get("/v1/events?" + query.Encode()).want(http.StatusOK)
	if err := json.Unmarshal(answer.body, &page); err != nil {
		c.p.t.Fatalf("read the feed: %v: %s", err, answer.body)
	}
	return page.Items, page.Next
}

// readAll reads the feed to its end.
func (c caller) readAll(query url.Values) (all []cloudEvent, next uint64) {
	c.p.t.Helper()
	query.Set("wait", "0")
	for {
		items, at := c.feed(query)
		all = append(all, items...)
		if at == next {
			return all, at
		}
		next = at
		query.Set("after", strconv.FormatUint(next, 10))
	}
}

// told returns all that the feed tells, as text.
func (c caller) told(query url.Values) string {
	c.p.t.Helper()
	events, _ := c.readAll(query)
	text, err := json.Marshal(events)
	if err != nil {
		c.p.t.Fatalf("write the feed: %v", err)
	}
	return string(text)
}

func sequences(events []cloudEvent) (all []string) {
	for _, e := range events {
		all = append(all, e.Sequence)
	}
	return all
}

func TestFeed_publishes_every_event_as_a_cloud_event(t *testing.T) {
	onBothStacks(t, func(t *testing.T, stores []string) {
		p := serve(t, stores)
		admin, user := p.as("user:admin"), p.as("user:user")
		_, before := admin.readAll(url.Values{})
		at, id := user.begin(nil)
		sent := user.post(at+"/messages", say("for everybody <&>")).want(http.StatusCreated)
		events, next := admin.readAll(url.Values{"after": {strconv.FormatUint(before, 10)}})
		if strconv.FormatUint(next, 10) != sent.position() {
			t.Errorf("next is %d, the last event stands at %s", next, sent.position())
		}
		last := events[len(events)-1]
		var data map[string]any
		if err := json.Unmarshal(last.Data, &data); err != nil || data["body"] != "for everybody <&>" {
			t.Errorf("data is %s: %v", last.Data, err)
		}
		want := cloudEvent{
			SpecVersion: "1.0", ID: last.ID, Source: last.Source, Type: "conversation.message-added.v1",
			Subject: "parley_conversation-" + id, Time: last.Time, DataContentType: "application/json",
			Sequence: sent.position(), Data: last.Data,
		}
		if diff := cmp.Diff(want, last); diff != "" || last.ID == uuid.Nil || last.Source == "" || last.Time.IsZero() {
			t.Errorf("the event is %+v (-want +got):\n%s", last, diff)
		}
	})
}

func TestFeed_filters_and_goes_past_what_it_left_out(t *testing.T) {
	onBothStacks(t, func(t *testing.T, stores []string) {
		p := serve(t, stores)
		admin, user := p.as("user:admin"), p.as("user:user")
		at, id := user.begin(nil)
		other, _ := user.begin(nil)
		one := user.post(at+"/messages", say("one")).want(http.StatusCreated)
		end := user.post(other+"/close", nil).want(http.StatusOK)
		mine, next := admin.readAll(url.Values{"conversation": {id}, "type": {"conversation.message-added.v1", "conversation.closed.v1"}})
		if diff := cmp.Diff([]string{one.position()}, sequences(mine)); diff != "" {
			t.Errorf("filtered (-want +got):\n%s", diff)
		}
		if strconv.FormatUint(next, 10) != end.position() {
			t.Errorf("next is %d and does not pass what was left out, up to %s", next, end.position())
		}
	})
}

func TestFeed_is_for_administrators_and_its_parameters_have_bounds(t *testing.T) {
	onBothStacks(t, func(t *testing.T, stores []string) {
		p := serve(t, stores)
		for _, who := range []string{"user:user", "user:manager", "customer_user:buyer", "customer_user:customer-admin"} {
			p.as(who).get("/v1/events?wait=0").want(http.StatusForbidden)
			p.as(who).get("/v1/events?wait=99").want(http.StatusForbidden)
			if s := p.as(who).stream("/v1/events"); s.reply.status != http.StatusForbidden {
				t.Errorf("%s got a stream with %d", who, s.reply.status)
			}
		}
		admin := p.as("user:admin")
		for _, query := range []string{
			"wait=-1", "wait=56", "wait=x", "wait=1.5", "wait=1&wait=2", "after=-1", "after=x", "after=18446744073709551616",
			"conversation=x", "unknown=1", "wait=",
		} {
			admin.get("/v1/events?" + query).want(http.StatusUnprocessableEntity)
			admin.get("/v1/events?"+query, "Accept", "text/event-stream").want(http.StatusUnprocessableEntity)
		}
		admin.get("/v1/events?after=1", "Last-Event-ID", "x").want(http.StatusBadRequest)
		p.as("user:nobody").get("/v1/events").want(http.StatusUnauthorized)
		admin.send(http.MethodHead, "/v1/events", nil, "Accept", "text/event-stream").want(http.StatusOK)
	})
}

func TestFeed_wakes_at_once_and_waits_no_longer_than_asked(t *testing.T) {
	onBothStacks(t, func(t *testing.T, stores []string) {
		p := serve(t, stores)
		admin, user := p.as("user:admin"), p.as("user:user")
		at, _ := user.begin(nil)
		_, next := admin.readAll(url.Values{})
		after := url.Values{"after": {strconv.FormatUint(next, 10)}}
		after.Set("wait", "1")
		began := time.Now()
		items, same := admin.feed(after)
		if took := time.Since(began); len(items) > 0 || same != next || took < 900*time.Millisecond {
			t.Errorf("after %v came %v up to %d", took, items, same)
		}
		after.Set("wait", "55")
		heard := make(chan []cloudEvent, 1)
		go func() {
			items, _ := admin.feed(after)
			heard <- items
		}()
		sent := user.post(at+"/messages", say("wake up")).want(http.StatusCreated)
		select {
		case items := <-heard:
			if diff := cmp.Diff([]string{sent.position()}, sequences(items)); diff != "" {
				t.Errorf("heard (-want +got):\n%s", diff)
			}
		case <-time.After(streamLimit):
			t.Error("the poll was not woken")
		}
	})
}

// While eight writers write, one reads by long poll, one by a stream that breaks
// again and again: both see each event once, in order.
func TestFeed_has_neither_gap_nor_double_under_concurrent_writes(t *testing.T) {
	onBothStacks(t, func(t *testing.T, stores []string) {
		p := serve(t, stores)
		admin, user := p.as("user:admin"), p.as("user:user")
		_, start := admin.readAll(url.Values{})
		var mu sync.Mutex
		var written []string
		var writers sync.WaitGroup
		for range 8 {
			at, _ := user.begin(nil)
			writers.Go(func() {
				for range 15 {
					sent := user.post(at+"/messages", say("x"))
					mu.Lock()
					written = append(written, sent.want(http.StatusCreated).position())
					mu.Unlock()
				}
			})
		}
		const total = 8 * 15
		messages := url.Values{"after": {strconv.FormatUint(start, 10)}, "type": {"conversation.message-added.v1"}}
		streamed := make(chan []string, 1)
		go func() { streamed <- admin.followBroken(messages, total) }()
		var polled []string
		for len(polled) < total {
			items, next := admin.feed(messages)
			polled = append(polled, sequences(items)...)
			messages = url.Values{"after": {strconv.FormatUint(next, 10)}, "type": messages["type"]}
		}
		writers.Wait()
		slices.SortFunc(written, func(a, b string) int {
			if len(a) != len(b) {
				return len(a) - len(b)
			}
			return slices.Compare([]byte(a), []byte(b))
		})
		if diff := cmp.Diff(written, polled); diff != "" {
			t.Errorf("by long poll (-written +read):\n%s", diff)
		}
		if diff := cmp.Diff(written, <-streamed); diff != "" {
			t.Errorf("by stream (-written +read):\n%s", diff)
		}
	})
}

// followBroken reads the feed as a stream that it breaks after every few events
// and takes up again behind the last.
func (c caller) followBroken(query url.Values, total int) (seen []string) {
	var headers []string
	for len(seen) < total {
		s, err := c.tryStream("/v1/events?"+query.Encode(), headers...)
		if err != nil || s.reply.status != http.StatusOK {
			c.p.t.Errorf("stream the feed: %v %d", err, s.reply.status)
			return seen
		}
		for range 7 {
			e, ok := <-s.events
			if !ok || len(seen) == total {
				break
			}
			if e.comment != "" {
				continue
			}
			var told cloudEvent
			if json.Unmarshal([]byte(e.data), &told) != nil || told.Sequence != e.id || told.Type != e.event {
				c.p.t.Errorf("the stream says %+v", e)
			}
			seen, headers = append(seen, e.id), []string{"Last-Event-ID", e.id}
		}
		s.close()
	}
	return seen
}

func TestFeed_shows_no_other_organization(t *testing.T) {
	t.Parallel()
	w := startWire(t)
	p := serve(t, []string{"--data", t.TempDir(), "--eventstore", w.connection()})
	foreign := appendForeign(t, w)
	events, next := p.as("user:admin").readAll(url.Values{})
	if next < uint64(foreign) {
		t.Errorf("the feed stops at %d, before the foreign event at %d", next, foreign)
	}
	for _, e := range events {
		if e.Sequence == strconv.FormatUint(uint64(foreign), 10) {
			t.Errorf("the feed shows %+v", e)
		}
	}
}
