package httpapi_test

import (
	"bufio"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"parley/adapters/httpapi"
)

// impatient is an API that waits for bodies a fifth of a second.
func impatient(t *testing.T) *httptest.Server {
	t.Helper()
	server := httptest.NewServer(httpapi.New(httpapi.Config{
		Authenticator: people{}, Projections: readModels{}, Readiness: readModels{ready: true},
		Metrics: http.NotFoundHandler(), Logger: slog.New(slog.DiscardHandler), BodyTimeout: 200 * time.Millisecond,
	}))
	t.Cleanup(server.Close)
	return server
}

// raw sends bytes and returns the status of what comes back before the deadline.
func raw(t *testing.T, server *httptest.Server, request string) (status int) {
	t.Helper()
	conn, err := net.Dial("tcp", server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(10 * time.Second))
	if _, err := io.WriteString(conn, request); err != nil {
		t.Fatal(err)
	}
	response, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatalf("no answer: %v", err)
	}
	response.Body.Close()
	return response.StatusCode
}

func TestSlowBodies_are_waited_for_so_long_and_harm_nobody(t *testing.T) {
	t.Parallel()
	server := impatient(t)
	head := "Host: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n"
	for name, c := range map[string]struct {
		request string
		status  int
	}{
		"a body that does not come": {"POST " + rebuild + " HTTP/1.1\r\nAuthorization: Bearer admin\r\n" + head + "\r\n{", 400},
		"a body that nobody reads":  {"GET /v1/admin/projections HTTP/1.1\r\nAuthorization: Bearer admin\r\n" + head + "\r\n{", 200},
		"a stranger's body":         {"POST " + rebuild + " HTTP/1.1\r\n" + head + "\r\n{", 401},
		"a chunk that is none":      {"POST " + rebuild + " HTTP/1.1\r\nAuthorization: Bearer admin\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n", 400},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := raw(t, server, c.request); got != c.status {
				t.Errorf("got %d, want %d", got, c.status)
			}
		})
	}
}

func TestHostileContent_is_refused_and_never_a_fault(t *testing.T) {
	t.Parallel()
	server := impatient(t)
	for i, body := range []string{
		strings.Repeat(`{"a":`, 10_000), strings.Repeat(`{"a":`, 50) + "1" + strings.Repeat("}", 50), strings.Repeat("[", 1<<19),
		"[" + strings.Repeat("1,", 1<<18) + "1]", `{"` + strings.Repeat("a", 1<<19) + `":1}`, "\x00", "\xff\xfe{}", `{"a":1e999999999}`,
		`{"\ud800":"\udc00"}`, `{"a":1,"a":2}`, `"` + strings.Repeat(`\u0000`, 1<<17) + `"`,
	} {
		a := send(t, server, "admin", "POST", rebuild, body)
		if p := a.problem(t); p.Status != 400 && p.Status != 422 {
			t.Errorf("content %d: %d", i, p.Status)
		}
		if len(a.body) > 64<<10 {
			t.Errorf("content %d is answered by %d bytes", i, len(a.body))
		}
	}
	for _, path := range []string{"/v1/%00", "/v1/../../etc/passwd", "/v1/me%3Fx", "//v1//me", "/v1/records/%ff/1", "/v1/people/" + strings.Repeat("a/", 500)} {
		if a := send(t, server, "admin", "GET", path, ""); a.StatusCode != 404 {
			t.Errorf("%s: %d", path, a.StatusCode)
		}
	}
	if status := raw(t, server, fmt.Sprintf("GET /healthz HTTP/1.1\r\nHost: x\r\nX-Big: %s\r\n\r\n", strings.Repeat("a", 2<<20))); status != 431 {
		t.Errorf("huge headers: %d", status)
	}
}
