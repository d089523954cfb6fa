package httpapi_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"parley/adapters/httpapi"
)

func TestStreams_of_one_person_are_twenty_and_no_more(t *testing.T) {
	t.Parallel()
	node := openNode(t, 977)
	server := wholeOver(t, node, node, func(c *httpapi.Config) { c.RateLimits = true })
	open := func(who string) (net.Conn, *http.Response) {
		conn, err := net.Dial("tcp", server.Listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { conn.Close() })
		_ = conn.SetDeadline(time.Now().Add(30 * time.Second))
		fmt.Fprintf(conn, "GET /v1/events HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\nAuthorization: Bearer %s\r\n\r\n", who)
		response, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil {
			t.Fatal(err)
		}
		return conn, response
	}
	var first net.Conn
	for i := range 20 {
		conn, response := open("demo:user:admin")
		if response.StatusCode != http.StatusOK {
			t.Fatalf("stream %d: %d", i, response.StatusCode)
		}
		if i == 0 {
			first = conn
		}
	}
	_, refused := open("demo:user:admin")
	body, _ := io.ReadAll(refused.Body)
	if refused.StatusCode != http.StatusTooManyRequests || refused.Header.Get("Retry-After") != "10" || !strings.Contains(string(body), "rate_limited") {
		t.Errorf("one more: %d %v %s", refused.StatusCode, refused.Header, body)
	}
	if a := send(t, server, "demo:user:admin", "GET", "/v1/events?wait=0", ""); a.StatusCode != http.StatusOK {
		t.Errorf("a poll beside them: %d", a.StatusCode)
	}
	if _, others := open("stranger"); others.StatusCode != http.StatusOK {
		t.Errorf("another's: %d", others.StatusCode)
	}
	first.Close()
	for status := 0; status != http.StatusOK; {
		_, again := open("demo:user:admin")
		if status = again.StatusCode; status != http.StatusOK && status != http.StatusTooManyRequests {
			t.Fatalf("when one has left: %d", status)
		}
	}
}
