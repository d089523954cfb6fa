package httpapi_test

import (
	"bufio"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"parley/adapters/adaptertest/replacedtest"
	"parley/adapters/eventnode"
	"parley/adapters/httpapi"
	"parley/domain/eventlog"
)

// wholeFeed reads the feed from the start and returns it with what its headers say.
func wholeFeed(t *testing.T, server *httptest.Server) (all httpapi.Feed, log, head string) {
	t.Helper()
	a := send(t, server, admin, "GET", "/v1/events?wait=0", "")
	a.decode(t, &all)
	return all, a.Header.Get("Parley-Log"), a.Header.Get("Parley-Head")
}

func TestFeed_refuses_positions_of_another_log(t *testing.T) {
	t.Parallel()
	server := whole(t)
	all, log, head := wholeFeed(t, server)
	if log == "" || head != number(all.Next) {
		t.Fatalf("log %q up to %q, want one up to %d", log, head, all.Next)
	}
	for _, query := range []string{
		"after=" + number(all.Next-1), "after=" + number(all.Next+1), "after=7", "after=18446744073709551615",
		"log=" + uuid.NewString(), "log=" + uuid.NewString() + "&after=" + number(all.Next),
	} {
		for _, accept := range []string{"application/json", "text/event-stream"} {
			a := send(t, server, admin, "GET", "/v1/events?"+query, "", "Accept", accept)
			var p httpapi.LogProblem
			a.decode(t, &p)
			if a.StatusCode != http.StatusGone || p.Code != "log_changed" || p.Log == nil || p.Log.String() != log || number(p.Head) != head || p.Shared != nil {
				t.Errorf("%s as %s: %d %s", query, accept, a.StatusCode, a.body)
			}
			if a.Header.Get("Parley-Log") != log || a.Header.Get("Parley-Head") != head {
				t.Errorf("%s as %s: log %q up to %q", query, accept, a.Header.Get("Parley-Log"), a.Header.Get("Parley-Head"))
			}
		}
	}
	if a := send(t, server, admin, "GET", "/v1/events?wait=0&log="+log+"&after="+head, ""); a.StatusCode != http.StatusOK {
		t.Errorf("a position of this log: %d %s", a.StatusCode, a.body)
	}
	if a := send(t, server, admin, "GET", "/v1/events?wait=0&log=x&after=7", ""); a.problem(t).Status != http.StatusUnprocessableEntity {
		t.Errorf("wrong parameters: %d %s", a.StatusCode, a.body)
	}
	if a := send(t, server, admin, "GET", "/v1/events", "", "Accept", "text/event-stream", "Last-Event-ID", "7"); a.StatusCode != http.StatusGone {
		t.Errorf("a stream behind a number that is no position: %d %s", a.StatusCode, a.body)
	}
}

func number(p eventlog.Position) string { return strconv.FormatUint(uint64(p), 10) }

// streamOf opens a stream of the feed.
func streamOf(t *testing.T, server *httptest.Server, query string) (http.Header, *bufio.Scanner) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), "GET", server.URL+"/v1/events?"+query, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+admin)
	r.Header.Set("Accept", "text/event-stream")
	response, err := server.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { response.Body.Close() })
	if response.StatusCode != http.StatusOK {
		t.Fatalf("the stream is refused with %d", response.StatusCode)
	}
	return response.Header, bufio.NewScanner(response.Body)
}

// A client that takes a broken stream up again must not be sent through what its
// filter leaves out once more.
func TestFeed_streams_say_how_far_they_are_while_they_leave_everything_out(t *testing.T) {
	t.Parallel()
	node := openNode(t, 977)
	server := wholeOver(t, node, node, func(c *httpapi.Config) { c.FeedPause = time.Millisecond })
	all, log, _ := wholeFeed(t, server)
	header, lines := streamOf(t, server, "type=of-nothing.v1")
	if header.Get("Parley-Log") != log || header.Get("Parley-Head") != number(all.Next) {
		t.Errorf("the stream is of log %q up to %q, want %s up to %d", header.Get("Parley-Log"), header.Get("Parley-Head"), log, all.Next)
	}
	moved := func(to eventlog.Position) {
		t.Helper()
		for n := 0; n < 20_000 && lines.Scan(); n++ {
			switch text := lines.Text(); {
			case text == "id: "+number(to):
				return
			case strings.HasPrefix(text, "data:"), strings.HasPrefix(text, "event:"):
				t.Fatalf("the stream tells %s", text)
			}
		}
		t.Fatalf("the stream does not say %d: %v", to, lines.Err())
	}
	moved(all.Next)
	send(t, server, admin, "PUT", "/v1/customers/another", `{"name":"Another"}`)
	end, err := node.End(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	moved(end)
}

func TestFeed_streams_and_polls_end_when_the_log_is_replaced(t *testing.T) {
	t.Parallel()
	other, node := openNode(t, 1009), openNode(t, 977)
	log := replacedtest.New(node)
	server := wholeOver(t, log, node, func(*httpapi.Config) {})
	all, former, _ := wholeFeed(t, server)
	recorded(t, node, other)
	_, lines := streamOf(t, server, "after="+number(all.Next))
	if !lines.Scan() {
		t.Fatal(lines.Err())
	}
	polled := make(chan answered, 1)
	go func() {
		polled <- send(t, server, admin, "GET", fmt.Sprintf("/v1/events?wait=55&after=%d", all.Next), "")
	}()
	for range 3 { // the instance itself, the stream and the poll
		log.AwaitFollower()
	}
	log.Replace(other)
	if a := <-polled; a.problem(t).Code != "log_changed" || a.Header.Get("Parley-Log") == former {
		t.Errorf("the poll is answered %d %s", a.StatusCode, a.body)
	}
	for lines.Scan() { // to its end
		if strings.HasPrefix(lines.Text(), "data:") {
			t.Errorf("the stream goes on with %s", lines.Text())
		}
	}
	if a := send(t, server, admin, "GET", "/v1/events?after="+number(all.Next), "", "Accept", "text/event-stream"); a.StatusCode != http.StatusGone {
		t.Errorf("the stream's client is answered %d %s", a.StatusCode, a.body)
	}
}

// recorded writes what happened in one log into another, where it is something else.
func recorded(t *testing.T, from, to *eventnode.Node) {
	t.Helper()
	for e, err := range from.ReadAll(t.Context(), eventlog.Start, "", 0) {
		if err != nil {
			t.Fatal(err)
		}
		again := eventlog.NewEvent{ID: uuid.New(), Type: e.Type, Data: e.Data, Metadata: e.Metadata}
		if _, err := to.Append(t.Context(), e.Stream, e.Revision-1, []eventlog.NewEvent{again}); err != nil {
			t.Fatal(err)
		}
	}
}
