package httpapi_test

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"sync"
	"testing"

	"parley/adapters/httpapi"
	"parley/domain"
	"parley/domain/sqldb"
)

const rebuild = "/v1/admin/projections/inboxes/rebuild"

func TestAPI_refuses_in_the_contracts_order(t *testing.T) {
	t.Parallel()
	server := thin(t, readModels{}, io.Discard)
	for _, c := range []struct {
		name, as, method, path, body string
		headers                      []string
		status                       int
		code                         string
	}{
		{"a stranger is refused before anything is read", "", "POST", rebuild, "{", nil, 401, "unauthenticated"},
		{"a stranger learns no routes", "", "GET", "/v1/nothing", "", nil, 401, "unauthenticated"},
		{"an unknown route is absent", "user", "GET", "/v1/nothing", "", nil, 404, "not_found"},
		{"a capability of later is absent", "user", "GET", "/v1/webhooks", "", nil, 404, "not_found"},
		{"outside the API a stranger is told what is absent", "", "GET", "/nothing", "", nil, 404, "not_found"},
		{"a method that a route does not know", "user", "DELETE", "/v1/me", "", nil, 405, "method_not_allowed"},
		{"what is not JSON comes before permission", "user", "POST", rebuild, "{", nil, 400, "malformed"},
		{"two documents", "admin", "POST", rebuild, "{} {}", nil, 400, "malformed"},
		{"deep nesting", "admin", "POST", rebuild, strings.Repeat("[", 10000), nil, 400, "malformed"},
		{"another media type", "admin", "POST", rebuild, "{}", []string{"Content-Type", "text/plain"}, 415, "unsupported_media_type"},
		{"another charset", "admin", "POST", rebuild, "{}", []string{"Content-Type", "application/json; charset=latin1"}, 415, "unsupported_media_type"},
		{"an encoded body", "admin", "POST", rebuild, "{}", []string{"Content-Encoding", "gzip"}, 415, "unsupported_media_type"},
		{"too large a body", "admin", "POST", rebuild, strings.Repeat(" ", 1<<20+1), nil, 413, "payload_too_large"},
		{"permission comes before shape", "user", "POST", rebuild, `{"x":1}`, nil, 403, "forbidden"},
		{"absence comes before shape", "admin", "POST", "/v1/admin/projections/none/rebuild", `{"x":1}`, nil, 404, "not_found"},
		{"an id that cannot be one", "admin", "POST", "/v1/admin/projections/%ff/rebuild", "", nil, 404, "not_found"},
		{"an id with a control character", "admin", "POST", "/v1/admin/projections/a%00b/rebuild", "", nil, 404, "not_found"},
		{"an unknown field", "admin", "POST", rebuild, `{"x":1}`, nil, 422, "invalid"},
		{"a body that is no object", "admin", "POST", rebuild, `[]`, nil, 422, "invalid"},
		{"an unknown parameter", "admin", "POST", rebuild + "?x=1", "", nil, 422, "invalid"},
		{"a malformed query string", "admin", "GET", "/v1/me?x=%zz", "", nil, 400, "malformed"},
		{"a malformed position", "admin", "GET", "/v1/me", "", []string{"Parley-Min-Position", "-1"}, 400, "malformed"},
		{"a signed position", "admin", "GET", "/v1/me", "", []string{"Parley-Min-Position", "+1"}, 400, "malformed"},
		{"a position twice", "admin", "GET", "/v1/me", "", []string{"Parley-Min-Position", "1", "Parley-Min-Position", "2"}, 400, "malformed"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			a := send(t, server, c.as, c.method, c.path, c.body, c.headers...)
			if p := a.problem(t); p.Status != c.status || p.Code != c.code {
				t.Errorf("got %d %s, want %d %s", p.Status, p.Code, c.status, c.code)
			}
			if a.Header.Get("X-Request-Id") == "" {
				t.Error("no request id")
			}
		})
	}
}

func TestAPI_says_how_to_do_better(t *testing.T) {
	t.Parallel()
	server := thin(t, readModels{}, io.Discard)
	if a := send(t, server, "", "GET", "/v1/me", ""); !strings.HasPrefix(a.Header.Get("WWW-Authenticate"), "Bearer") {
		t.Error("401 without WWW-Authenticate")
	}
	if a := send(t, server, "user", "PATCH", "/v1/me", ""); a.Header.Get("Allow") != "GET, HEAD" {
		t.Errorf("405 allows %q", a.Header.Get("Allow"))
	}
	p := send(t, server, "admin", "POST", rebuild+"?secret=1", `{"a":1,"b":{"c":2}}`).problem(t)
	var places []string
	for _, e := range p.Errors {
		if e.Pointer != nil {
			places = append(places, *e.Pointer)
		} else {
			places = append(places, *e.Parameter)
		}
	}
	if got := strings.Join(places, " "); got != "/a /b secret" {
		t.Errorf("errors at %s", got)
	}
}

func TestAPI_never_shows_a_fault_and_logs_it_once(t *testing.T) {
	t.Parallel()
	for name, list := range map[string]func() ([]httpapi.Projection, error){
		"an error of ours": func() ([]httpapi.Projection, error) { return nil, errors.New("the secret cause") },
		"a panic":          func() ([]httpapi.Projection, error) { panic("the secret cause") },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			log := &lockedBuffer{}
			server := thin(t, readModels{list: list}, log)
			a := send(t, server, "admin", "GET", "/v1/admin/projections", "")
			if p := a.problem(t); p.Status != 500 || p.Code != "internal" || bytes.Contains(a.body, []byte("secret")) {
				t.Errorf("got %s", a.body)
			}
			server.Close()
			if logged := log.String(); strings.Count(logged, "the secret cause") != 1 || !strings.Contains(logged, a.Header.Get("X-Request-Id")) {
				t.Errorf("log is %s", logged)
			}
		})
	}
}

func TestAPI_asks_to_come_back_when_something_is_down(t *testing.T) {
	t.Parallel()
	server := thin(t, readModels{list: func() ([]httpapi.Projection, error) { return nil, sqldb.ErrUnavailable }}, io.Discard)
	a := send(t, server, "admin", "GET", "/v1/admin/projections", "")
	if p := a.problem(t); p.Status != 503 || p.Code != string(domain.CodeUnavailable) || a.Header.Get("Retry-After") != "1" {
		t.Errorf("got %d, Retry-After %q", p.Status, a.Header.Get("Retry-After"))
	}
}

func TestAPI_is_ready_or_says_why_not(t *testing.T) {
	t.Parallel()
	for status, ready := range map[int]bool{200: true, 503: false} {
		server := thin(t, readModels{ready: ready}, io.Discard)
		var r httpapi.Readiness
		a := send(t, server, "", "GET", "/readyz", "")
		a.decode(t, &r)
		if a.StatusCode != status || r.Ready != ready || len(r.Projections) != 1 || r.Projections[0].Parked == nil {
			t.Errorf("ready %v: %d %s", ready, a.StatusCode, a.body)
		}
		if a := send(t, server, "", "GET", "/healthz", ""); a.StatusCode != 200 {
			t.Errorf("healthz: %d", a.StatusCode)
		}
	}
}

// lockedBuffer collects what is logged from many goroutines.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}
