package httpapi_test

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
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
