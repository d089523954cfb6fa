package main_test

import (
	"fmt"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

// Whatever clients hold open, the end of the server is one in order, and soon.
func TestServe_ends_in_time_and_well_whatever_is_under_way(t *testing.T) {
	t.Parallel()
	p := serve(t, []string{"--data", t.TempDir()})
	at := p.begin("closing")
	file := p.as(anOwner).upload("large.txt", strings.Repeat("large ", 2<<20)).want(http.StatusCreated).id()
	p.as(anOwner).post(at+"/messages", obj{"body": "a file", "attachments": []string{file}}).want(http.StatusCreated)
	asked := map[string]string{
		"a half-sent body":   "POST " + at + "/messages HTTP/1.1\r\n%sContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{",
		"a half-sent upload": "POST /v1/attachments?name=a HTTP/1.1\r\n%sContent-Length: 100\r\n\r\n{",
		"a body for nobody":  "GET /v1/me HTTP/1.1\r\n%sContent-Length: 100\r\n\r\n{",
		"an unread download": "GET " + at + "/attachments/" + file + " HTTP/1.1\r\n%s\r\n",
		"blank lines":        "POST /v1/import HTTP/1.1\r\n%sContent-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n400\r\n" + strings.Repeat("\n", 1024) + "\r\n",
	}
	for name, text := range asked {
		conn, err := net.Dial("tcp", strings.TrimPrefix(p.url, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		if _, err := fmt.Fprintf(conn, text, "Host: localhost\r\nAuthorization: Bearer demo:user:admin\r\n"); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
	}
	p.as(anOwner).get("/v1/me").want(http.StatusOK)
	began := time.Now()
	if code := p.terminate(); code != 0 {
		t.Errorf("ended with %d", code)
	}
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("ended after %v", took)
	}
}
