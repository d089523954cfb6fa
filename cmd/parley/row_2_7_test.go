package main_test

import (
	"fmt"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// awaits reads a stream until it has told each of what is wanted of a position.
func (s *stream) awaits(position string, wanted ...string) {
	s.t.Helper()
	for told := []string{}; !containsAll(told, wanted); {
		if h := s.nextHint(); strconv.FormatUint(h.Position, 10) == position {
			told = append(told, h.Event)
		}
	}
}

// Whatever is open at one instance is told of what happens at another, and asks
// its own instance for it at once.
func TestRow_2_7_screens_are_told_across_instances(t *testing.T) {
	t.Parallel()
	stores := wired(t)
	here := serve(t, stores)
	there := serve(t, append(slices.Clone(stores), "--data", t.TempDir()))
	at := here.beginAs(anOwner, obj{"source": aRecord("order", "1001")})
	theirs, _ := there.as(aBuyer).live("")
	ours, _ := there.as(anOwner).live("")
	for n := 1; n <= 20; n++ {
		sent := here.as(anOwner).post(at+"/messages", saying("across")).want(http.StatusCreated)
		theirs.awaits(sent.position(), "conversation", "inbox", "list", "record")
		buyer := there.as(aBuyer)
		if got := buyer.get(at).field("message_count"); got != float64(n) {
			t.Fatalf("after the hint of message %d the chat has %v", n, got)
		}
		if got := buyer.get(at).field("unread"); got != float64(n) {
			t.Fatalf("after the hint of message %d there are %v unread", n, got)
		}
		buyer.get("/v1/me/unread").shows("the indicator", "items", "conversation", strings.TrimPrefix(at, "/v1/conversations/"))
		buyer.get("/v1/me/conversations").shows("the list", "items", "message_count", strconv.Itoa(n))
		buyer.get("/v1/records/order/1001/activities").shows("the activities", "items", "message_count", strconv.Itoa(n))
		ours.awaits(sent.position(), "conversation", "inbox", "list", "record")
	}
	read := here.as(aBuyer).post(at+"/read", obj{"up_to": 20}).want(http.StatusNoContent)
	theirs.awaits(read.position(), "inbox", "list")
	if got := there.as(aBuyer).get("/v1/me/unread").field("count"); got != 0.0 {
		t.Errorf("read at another instance, %v are unread", got)
	}
}

// A client whose instance dies goes on at another where it was.
func TestRow_2_7_a_lost_instance_costs_no_hint(t *testing.T) {
	t.Parallel()
	stores := wired(t)
	first := serve(t, stores)
	second := serve(t, append(slices.Clone(stores), "--data", t.TempDir()))
	at := first.beginAs(anOwner, obj{"name": "talk", "customer_user": "buyer"})
	screen, _ := first.as(aBuyer).live("")
	for round := range 3 {
		heard := first.as(anOwner).post(at+"/messages", saying("heard")).want(http.StatusCreated)
		screen.awaits(heard.position(), "conversation")
		screen.close()
		if round == 2 {
			first.kill()
		}
		// Each in a conversation of its own: hints about one that are written
		// together are told as one.
		var missed []string
		for range 5 {
			other := second.beginAs(anOwner, obj{"name": "missed", "customer_user": "buyer"})
			sent := second.as(anOwner).post(other+"/messages", saying("missed")).want(http.StatusCreated)
			missed = append(missed, sent.position())
		}
		screen, _ = second.as(aBuyer).live(heard.position())
		for _, position := range missed {
			screen.awaits(position, "conversation", "inbox", "list")
		}
	}
}

// A thousand streams are open at once, and a comment keeps each open while
// nothing happens.
func TestRow_2_7_a_thousand_streams_are_held_and_beat(t *testing.T) {
	t.Parallel()
	p := serve(t, []string{"--data", t.TempDir()})
	at, id := p.as(anOwner).begin(nil)
	people := []string{anOwner, anAdmin, aManager, aBuyer}
	open := make([]*stream, 1000)
	for i := range open {
		open[i], _ = p.as(people[i%len(people)]).live("")
	}
	p.awaitStreams(t, len(open))
	deadline := time.After(startLimit)
	for beaten := false; !beaten; {
		select {
		case e, ok := <-open[0].events:
			if !ok {
				t.Fatal("the stream has ended")
			}
			beaten = e.comment != ""
		case <-deadline:
			t.Fatal("no comment keeps the stream open")
		}
	}
	sent := p.as(anOwner).post(at+"/messages", saying("to all")).want(http.StatusCreated)
	for _, s := range open {
		if _, h := s.until("conversation", id); strconv.FormatUint(h.Position, 10) != sent.position() {
			t.Fatalf("told %+v, want the message at %s", h, sent.position())
		}
	}
	for _, s := range open {
		s.close()
	}
	p.awaitStreams(t, 0)
}

// awaitStreams waits until a server has so many streams open.
func (p *program) awaitStreams(t *testing.T, n int) {
	t.Helper()
	eventually(t, startLimit, fmt.Sprintf("%d streams are open", n), func() bool { return p.streams(n) })
}

// streams reports whether a server has so many streams open.
func (p *program) streams(n int) bool {
	p.t.Helper()
	return strings.Contains(string(p.withToken("").get("/metrics").body), fmt.Sprintf("\nparley_live_streams %d\n", n))
}

// Who stops reading is dropped, and nobody waits for them.
func TestRow_2_7_a_reader_that_stops_reading_is_dropped(t *testing.T) {
	t.Parallel()
	p := serve(t, []string{"--data", t.TempDir()})
	contexts := arr{}
	for i := range 60 {
		long := strconv.Itoa(i) + strings.Repeat("x", 120)
		p.as(anAdmin).send(http.MethodPut, "/v1/records/order/"+long, obj{"label": "x"}).want(http.StatusNoContent)
		contexts = append(contexts, aRecord("order", long))
	}
	at := p.beginAs(anOwner, obj{"name": "loud", "customer_user": "buyer", "contexts": contexts})
	stuck, err := net.Dial("tcp", strings.TrimPrefix(p.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer stuck.Close()
	_ = stuck.(*net.TCPConn).SetReadBuffer(1)
	fmt.Fprintf(stuck, "GET /v1/live HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer demo:%s\r\n\r\n", aManager)
	p.awaitStreams(t, 1)
	reading, _ := p.as(aManager).live("")
	p.awaitStreams(t, 2)
	for deadline := time.Now().Add(2 * startLimit); !p.streams(1); {
		sent := p.as(anOwner).post(at+"/messages", saying("louder")).want(http.StatusCreated)
		reading.awaits(sent.position(), "conversation", "list", "record")
		if time.Now().After(deadline) {
			t.Fatal("who reads nothing is never dropped")
		}
	}
	sent := p.as(anOwner).post(at+"/messages", saying("to who still reads")).want(http.StatusCreated)
	reading.awaits(sent.position(), "conversation")
}
