package main_test

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// raw sends bytes as they are to a server and returns the status of the first
// answer, 0 when the server just closes.
func (p *program) raw(text string) (status int, err error) {
	conn, err := p.dial()
	if err != nil {
		return 0, err
	}
	defer conn.Close()
	go func() { _, _ = io.WriteString(conn, text) }()
	return statusOf(conn)
}

func (p *program) dial() (net.Conn, error) {
	conn, err := net.Dial("tcp", strings.TrimPrefix(p.url, "http://"))
	if err == nil {
		err = conn.SetDeadline(time.Now().Add(time.Minute))
	}
	return conn, err
}

func statusOf(conn net.Conn) (int, error) {
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		return 0, err
	}
	return resp.StatusCode, resp.Body.Close()
}

// authorized are the headers of a request by the demo's user.
const authorized = "Host: localhost\r\nAuthorization: Bearer demo:user:user\r\n"

func posting(path, headers, body string) string {
	return "POST " + path + " HTTP/1.1\r\n" + authorized + "Content-Type: application/json\r\n" + headers +
		"Content-Length: " + strconv.Itoa(len(body)) + "\r\n\r\n" + body
}

// hostile is a request that no honest client sends, and the status it gets.
type hostile struct {
	request string
	want    int
}

// hostileRequests by what is wrong with them, to a server with a conversation.
func hostileRequests(at, id string) map[string]hostile {
	start := `{"name":"x","customer_user":"buyer"`
	return map[string]hostile{
		"JSON of depth 10,000":             {posting("/v1/conversations", "", strings.Repeat(`{"a":`, 10_000)+"1"+strings.Repeat("}", 10_000)), 400},
		"arrays of depth 10,000":           {posting("/v1/conversations", "", strings.Repeat("[", 10_000)+strings.Repeat("]", 10_000)), 400},
		"JSON that never closes":           {posting("/v1/conversations", "", strings.Repeat("[", 500_000)), 400},
		"invalid UTF-8":                    {posting(at+"/messages", "", "{\"body\":\"\xff\xfe\"}"), 422},
		"a surrogate without its other":    {posting(at+"/messages", "", `{"body":"\ud800"}`), 422},
		"NUL":                              {posting(at+"/messages", "", `{"body":"a\u0000b"}`), 422},
		"NUL as it is":                     {posting(at+"/messages", "", "{\"body\":\"a\x00b\"}"), 400},
		"a control character":              {posting(at+"/messages", "", `{"body":"a\u0007"}`), 422},
		"two values":                       {posting(at+"/messages", "", `{"body":"a"}{"body":"b"}`), 400},
		"a name given twice":               {posting(at+"/messages", "", `{"body":"a","body":"b"}`), 422},
		"another type":                     {posting(at+"/messages", "", `{"body":1}`), 422},
		"a body of 2 MiB":                  {posting("/v1/conversations", "", start+`,"pad":"`+strings.Repeat("x", 2<<20)+`"}`), 413},
		"a compressed body":                {posting(at+"/messages", "Content-Encoding: gzip\r\n", "\x1f\x8b"), 415},
		"another media type":               {strings.Replace(posting(at+"/messages", "", `<body/>`), "application/json", "text/xml", 1), 415},
		"two lengths":                      {"POST /v1/conversations HTTP/1.1\r\n" + authorized + "Content-Length: 1\r\nContent-Length: 2\r\n\r\nxx", 400},
		"a length and chunks":              {"POST /v1/conversations HTTP/1.1\r\n" + authorized + "Content-Type: application/json\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\nzzzz\r\n", 400},
		"a negative length":                {"POST /v1/conversations HTTP/1.1\r\n" + authorized + "Content-Length: -1\r\n\r\n", 400},
		"chunks that are none":             {"POST /v1/conversations HTTP/1.1\r\n" + authorized + "Transfer-Encoding: chunked\r\n\r\nxyz\r\n", 400},
		"headers of 1 MiB":                 {"GET /v1/me HTTP/1.1\r\n" + authorized + "X-Pad: " + strings.Repeat("x", 1<<20) + "\r\n\r\n", 431},
		"100,000 headers":                  {"GET /v1/me HTTP/1.1\r\n" + authorized + strings.Repeat("X: y\r\n", 100_000) + "\r\n", 431},
		"a path of 1 MiB":                  {"GET /" + strings.Repeat("x", 1<<20) + " HTTP/1.1\r\n" + authorized + "\r\n", 431},
		"a header with a line inside":      {"GET /v1/me HTTP/1.1\r\n" + authorized + "X: a\rb\r\n\r\n", 400},
		"no host":                          {"GET /v1/me HTTP/1.1\r\nAuthorization: Bearer demo:user:user\r\n\r\n", 400},
		"HTTP/1.0":                         {"GET /v1/me HTTP/1.0\r\n" + authorized + "\r\n", 200},
		"HTTP/3.7":                         {"GET /v1/me HTTP/3.7\r\n" + authorized + "\r\n", 505},
		"an unknown method":                {"BREW /v1/me HTTP/1.1\r\n" + authorized + "\r\n", 405},
		"TRACE":                            {"TRACE /v1/me HTTP/1.1\r\n" + authorized + "\r\n", 405},
		"CONNECT":                          {"CONNECT /v1/me HTTP/1.1\r\n" + authorized + "\r\n", 405},
		"a method of 10,000 letters":       {strings.Repeat("X", 10_000) + " /v1/me HTTP/1.1\r\n" + authorized + "\r\n", 405},
		"a path that climbs":               {"GET /v1/../../etc/passwd HTTP/1.1\r\n" + authorized + "\r\n", 404},
		"a path that climbs in disguise":   {"GET /v1/records/%2e%2e/%2e%2e%2fetc%2fpasswd HTTP/1.1\r\n" + authorized + "\r\n", 404},
		"a slash inside an id":             {"GET /v1/records/order/10%2F01 HTTP/1.1\r\n" + authorized + "\r\n", 404},
		"NUL in a path":                    {"GET /v1/records/order/1001%00 HTTP/1.1\r\n" + authorized + "\r\n", 404},
		"invalid UTF-8 in a path":          {"GET /v1/records/order/%ff%fe HTTP/1.1\r\n" + authorized + "\r\n", 404},
		"a control character in a path":    {"PUT /v1/records/order/a%0Ab HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer demo:user:admin\r\nContent-Length: 0\r\n\r\n", 400},
		"half an escape in a path":         {"GET /v1/records/order/% HTTP/1.1\r\n" + authorized + "\r\n", 400},
		"half an escape in a query":        {"GET /v1/conversations?name=% HTTP/1.1\r\n" + authorized + "\r\n", 400},
		"invalid UTF-8 in a query":         {"GET /v1/conversations?name=%ff HTTP/1.1\r\n" + authorized + "\r\n", 422},
		"NUL in a query":                   {"GET /v1/people?q=%00 HTTP/1.1\r\n" + authorized + "\r\n", 422},
		"an id that only looks like one":   {"GET /v1/conversations/{" + id + "} HTTP/1.1\r\n" + authorized + "\r\n", 404},
		"a broken If-Match":                {posting(at+"/close", "If-Match: \"\r\n", ""), 400},
		"a key of 10,000 characters":       {posting(at+"/messages", "Idempotency-Key: "+strings.Repeat("k", 10_000)+"\r\n", `{"body":"x"}`), 400},
		"a position that is none":          {"GET /v1/me HTTP/1.1\r\n" + authorized + "Parley-Min-Position: 99999999999999999999\r\n\r\n", 400},
		"a token of 60,000 characters":     {"GET /v1/me HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer demo:user:" + strings.Repeat("u", 60_000) + "\r\n\r\n", 401},
		"a token with NUL":                 {"GET /v1/me HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer demo:user:\x00\r\n\r\n", 400},
		"a cursor that was never given":    {"GET /v1/conversations?cursor=" + strings.Repeat("A", 5000) + " HTTP/1.1\r\n" + authorized + "\r\n", 400},
		"a range of nonsense in a request": {"GET http://[::1 HTTP/1.1\r\n\r\n", 400},
	}
}

// What no honest client sends gets the right 4xx, or no answer where it is no
// HTTP at all, and never a 5xx.
func TestServe_refuses_hostile_requests(t *testing.T) {
	onBothStacks(t, func(t *testing.T, stores []string) {
		p := serve(t, stores)
		user := p.as("user:user")
		at, id := user.begin(nil)
		for name, c := range hostileRequests(at, id) {
			got, err := p.raw(c.request)
			if err != nil || got != c.want {
				t.Errorf("%s: got %d (%v), want %d", name, got, err, c.want)
			}
		}
		user.get("/v1/me").want(http.StatusOK)
		p.wantNoFault()
	})
}

// wantNoFault fails the test if the server has logged a fault.
func (p *program) wantNoFault() {
	p.t.Helper()
	for line := range strings.Lines(p.output()) {
		if strings.Contains(line, "panic") || strings.Contains(line, `"level":"ERROR"`) || strings.Contains(line, `"status":500`) {
			p.t.Errorf("the server logged %.2000s", line)
		}
	}
}

// resident returns the server's memory in MiB.
func (p *program) resident() int {
	p.t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	if err != nil {
		p.t.Fatalf("read memory: %v", err)
	}
	_, rest, _ := strings.Cut(string(text), "VmRSS:")
	kib, err := strconv.Atoi(strings.Fields(rest)[0])
	if err != nil {
		p.t.Fatalf("read memory: %v", err)
	}
	return kib / 1024
}

// growthLimit is what hostile clients may make the server grow by, in MiB; the
// race detector multiplies what it uses.
const growthLimit = 300

// Endless, lazy and inflated requests cost the server little, and others are
// served meanwhile.
func TestServe_is_unharmed_by_endless_and_lazy_requests(t *testing.T) {
	t.Parallel()
	p := serve(t, stacks[embedded](t))
	user := p.as("user:user")
	at, _ := user.begin(nil)
	before := p.resident()
	var crowd sync.WaitGroup
	for name, attack := range map[string]struct {
		times int
		run   func() error
	}{
		"headers that never end":           {50, p.slowHeaders},
		"a body of 1 GiB that never comes": {50, func() error { return p.claim(1 << 30) }},
		"a body of 1 GiB that comes":       {2, p.flood},
		"an import that inflates":          {1, p.inflate},
		"connections that do nothing":      {1000, p.idle},
		"garbage behind a request":         {20, p.pipelineGarbage},
	} {
		for range attack.times {
			crowd.Go(func() {
				if err := attack.run(); err != nil {
					t.Errorf("%s: %v", name, err)
				}
			})
		}
	}
	over := make(chan struct{})
	go func() { crowd.Wait(); close(over) }()
	for served := false; !served; {
		user.post(at+"/messages", say("still served")).want(http.StatusCreated)
		select {
		case <-over:
			served = true
		case <-time.After(50 * time.Millisecond):
		}
	}
	if grown := p.resident() - before; grown > growthLimit {
		t.Errorf("the server grew by %d MiB", grown)
	}
	p.wantNoFault()
}

// slowHeaders sends a header a second until it is cut off.
func (p *program) slowHeaders() error {
	conn, err := p.dial()
	if err != nil {
		return err
	}
	defer conn.Close()
	_, _ = io.WriteString(conn, "GET /v1/me HTTP/1.1\r\n"+authorized)
	cut := make(chan error, 1)
	go func() { _, err := io.ReadAll(conn); cut <- err }()
	for {
		select {
		case err := <-cut:
			return timedOut(err)
		case <-time.After(time.Second):
			_, _ = io.WriteString(conn, "X: y\r\n")
		}
	}
}

// timedOut is an error for a connection that the server did not end.
func timedOut(err error) error {
	if err, ok := errors.AsType[net.Error](err); ok && err.Timeout() {
		return errors.New("was not cut off")
	}
	return nil
}

// claim announces a body and sends nothing of it.
func (p *program) claim(size int) error {
	conn, err := p.dial()
	if err != nil {
		return err
	}
	defer conn.Close()
	fmt.Fprintf(conn, "POST /v1/conversations HTTP/1.1\r\n%sContent-Type: application/json\r\nContent-Length: %d\r\n\r\n", authorized, size)
	status, err := statusOf(conn)
	if err != nil {
		return err
	}
	if status != http.StatusBadRequest && status != http.StatusRequestEntityTooLarge {
		return fmt.Errorf("answered with %d", status)
	}
	return nil
}

// flood sends 1 GiB, or as much as the server lets it.
func (p *program) flood() error {
	conn, err := p.dial()
	if err != nil {
		return err
	}
	defer conn.Close()
	fmt.Fprintf(conn, "POST /v1/conversations HTTP/1.1\r\n%sContent-Type: application/json\r\nContent-Length: %d\r\n\r\n", authorized, 1<<30)
	answered := make(chan error, 1)
	go func() {
		status, err := statusOf(conn)
		if err == nil && status != http.StatusRequestEntityTooLarge {
			err = fmt.Errorf("answered with %d", status)
		}
		answered <- err
	}()
	block := bytes.Repeat([]byte("x"), 1<<20)
	for range 1 << 10 {
		if _, err := conn.Write(block); err != nil {
			break
		}
	}
	return <-answered
}

// inflate imports 64 KiB that unpack to a line of 64 MiB.
func (p *program) inflate() error {
	var packed bytes.Buffer
	zip := gzip.NewWriter(&packed)
	for range 64 {
		_, _ = zip.Write(bytes.Repeat([]byte("x"), 1<<20))
	}
	_ = zip.Close()
	answer, err := p.as("user:admin").try(http.MethodPost, "/v1/import", packed.String(), "Content-Type", "application/x-ndjson", "Content-Encoding", "gzip")
	if err != nil {
		return err
	}
	if answer.status != http.StatusOK || !bytes.Contains(answer.body, []byte(`"failed"`)) {
		return fmt.Errorf("answered with %d %s", answer.status, answer.body)
	}
	return nil
}

// idle connects and does nothing until the server hangs up.
func (p *program) idle() error {
	conn, err := p.dial()
	if err != nil {
		return err
	}
	defer conn.Close()
	_, err = conn.Read(make([]byte, 1))
	return timedOut(err)
}

// pipelineGarbage sends a request and no HTTP behind it.
func (p *program) pipelineGarbage() error {
	status, err := p.raw("GET /v1/me HTTP/1.1\r\n" + authorized + "\r\n" + strings.Repeat("\x00\xff garbage\r\n", 1000))
	if err == nil && status != http.StatusOK {
		err = fmt.Errorf("answered with %d", status)
	}
	return err
}
