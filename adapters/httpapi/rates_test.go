package httpapi_test

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"parley/adapters/httpapi"
)

// Who fails to sign in too often is told to wait; who is signed in at the same
// address is not held back.
func TestStrangers_are_kept_to_a_rate_by_address(t *testing.T) {
	t.Parallel()
	models := readModels{}
	api := httpapi.New(httpapi.Config{
		Authenticator: people{}, Projections: models, Readiness: models, RateLimits: true,
		Metrics: http.NotFoundHandler(), Logger: slog.New(slog.DiscardHandler), Version: "test",
	})
	server := httptest.NewServer(api)
	t.Cleanup(server.Close)
	for _, path := range []string{"/v1/me/unread", "/v1/nowhere", "/v1/auth/login"} {
		if n := untilTooMany(api, path); n > 5000 {
			t.Errorf("%s: never too many", path)
		}
	}
	if a := send(t, server, "admin", "GET", "/v1/admin/projections", ""); a.StatusCode != http.StatusOK {
		t.Errorf("one who is signed in gets %d", a.StatusCode)
	}
}

// anySignIn is a sign-in that is begun by who says so.
type anySignIn struct{}

func (anySignIn) Begin(http.ResponseWriter, *http.Request, string) (string, error) {
	return "/there", nil
}

func (anySignIn) Begun(r *http.Request) bool                                { return r.URL.Query().Get("state") == "good" }
func (anySignIn) Finish(http.ResponseWriter, *http.Request) (string, error) { return "/v1/me", nil }
func (anySignIn) End(http.ResponseWriter, *http.Request) error              { return nil }

// People and strangers may come from one address: an office's, or a proxy's.
func TestStrangers_who_fail_hold_back_nobody_who_signs_in_at_their_address(t *testing.T) {
	t.Parallel()
	api := httpapi.New(httpapi.Config{
		Authenticator: people{}, SignIn: anySignIn{}, Projections: readModels{}, Readiness: readModels{}, RateLimits: true,
		Metrics: http.NotFoundHandler(), Logger: slog.New(slog.DiscardHandler),
		TrustedProxies: []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")},
	})
	const failing, returning, beginning = "/v1/auth/callback?state=made-up", "/v1/auth/callback?state=good", "/v1/auth/login"
	untilTooMany(api, failing)
	untilTooMany(api, "/v1/me")
	for range 100 {
		for _, path := range []string{beginning, returning} {
			w := httptest.NewRecorder()
			api.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
			if w.Code != http.StatusSeeOther {
				t.Fatalf("%s: %d", path, w.Code)
			}
		}
	}
	elsewhere := httptest.NewRequest(http.MethodGet, "/v1/me", nil) // by the same proxy
	elsewhere.Header.Set("X-Forwarded-For", "198.51.100.7")
	w := httptest.NewRecorder()
	if api.ServeHTTP(w, elsewhere); w.Code != http.StatusUnauthorized {
		t.Errorf("a stranger elsewhere gets %d", w.Code)
	}
}

// untilTooMany sends requests of one address until one is too many, and returns
// how many it took.
func untilTooMany(api http.Handler, path string) (n int) {
	for ; n <= 5000; n++ {
		w := httptest.NewRecorder()
		api.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
		tooMany := w.Code == http.StatusTooManyRequests && w.Header().Get("Retry-After") == "1"
		if tooMany && strings.Contains(w.Body.String(), `"code":"rate_limited"`) {
			break
		}
	}
	return n
}
