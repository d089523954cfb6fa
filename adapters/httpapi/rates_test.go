package httpapi_test

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"

	"parley/adapters/httpapi"
)

// Who fails to sign in too often is told to wait; who is signed in at the same
// address is not held back.
func TestStrangers_are_kept_to_a_rate_by_address(t *testing.T) {
	t.Parallel()
	models := readModels{}
	server := httptest.NewServer(httpapi.New(httpapi.Config{
		Authenticator: people{}, Projections: models, Readiness: models, RateLimits: true,
		Metrics: http.NotFoundHandler(), Logger: slog.New(slog.DiscardHandler), Version: "test",
	}))
	t.Cleanup(server.Close)
	for _, path := range []string{"/v1/me/unread", "/v1/nowhere"} {
		statuses := map[int]int{}
		for range 5000 {
			a := send(t, server, "nobody", "GET", path, "")
			statuses[a.StatusCode]++
			if a.StatusCode == http.StatusTooManyRequests {
				if p := a.problem(t); p.Code != "rate_limited" || a.Header.Get("Retry-After") != "1" {
					t.Errorf("refused with %+v, Retry-After %q", p, a.Header.Get("Retry-After"))
				}
				break
			}
		}
		if statuses[http.StatusTooManyRequests] == 0 {
			t.Errorf("%s: never too many, but %v", path, statuses)
		}
	}
	if a := send(t, server, "admin", "GET", "/v1/admin/projections", ""); a.StatusCode != http.StatusOK {
		t.Errorf("one who is signed in gets %d", a.StatusCode)
	}
	for range 5000 {
		if a := send(t, server, "", "GET", "/v1/auth/login", ""); a.StatusCode == http.StatusTooManyRequests {
			return
		}
	}
	t.Error("signing in is begun without end")
}
