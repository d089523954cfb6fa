package httpapi_test

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"parley/adapters/httpapi"
	"parley/domain/eventlog"
)

// saying is a readiness that is always the same.
type saying httpapi.Readiness

func (s saying) Readiness(context.Context) httpapi.Readiness { return httpapi.Readiness(s) }

func TestReadiness_tells_strangers_what_to_do_and_nothing_of_what_is_stored(t *testing.T) {
	t.Parallel()
	since := time.Date(2026, 6, 3, 7, 23, 24, 0, time.UTC)
	whole := httpapi.Readiness{
		Reason: eventlog.RefusedRights.Advice(), Refused: eventlog.RefusedRights,
		Projections: []httpapi.Projection{
			{
				Name: "inboxes", Version: 2, State: httpapi.Refused, LagSeconds: 1.5, Lag: 30, Position: 4711, Problem: eventlog.RefusedRights.Advice(), Since: &since,
				Parked: []httpapi.ParkedStream{{Stream: "parley_conversation-1", Position: 4711, Reason: "secret"}},
			},
			{
				Name: "search", State: "halted", Problem: "secret of parley_conversation-1", Parked: []httpapi.ParkedStream{},
				Rebuild: &httpapi.RebuildProgress{Position: 4711, Target: 4712},
			},
		},
	}
	server := httptest.NewServer(httpapi.New(httpapi.Config{
		Authenticator: people{}, Projections: readModels{}, Readiness: saying(whole),
		Metrics: http.NotFoundHandler(), Logger: slog.New(slog.DiscardHandler),
		Markup: func(body string) string { return body }, Version: "test",
	}))
	t.Cleanup(server.Close)
	var got httpapi.Readiness
	send(t, server, "admin", "GET", "/readyz", "").decode(t, &got)
	if diff := cmp.Diff(whole, got); diff != "" {
		t.Errorf("an administrator is told (-want +got):\n%s", diff)
	}
	for _, who := range []string{"", "user", "buyer"} {
		a := send(t, server, who, "GET", "/readyz", "")
		if a.StatusCode != http.StatusServiceUnavailable {
			t.Errorf("status %d", a.StatusCode)
		}
		for _, secret := range []string{"4711", "4712", "secret", "parley_conversation"} {
			if strings.Contains(string(a.body), secret) {
				t.Errorf("%q is told %q: %s", who, secret, a.body)
			}
		}
		for _, needed := range []string{whole.Reason, `"refused":"rights"`, `"state":"refused"`, `"state":"halted"`, `"lag_seconds":1.5,"lag":30`} {
			if !strings.Contains(string(a.body), needed) {
				t.Errorf("%q is not told %q: %s", who, needed, a.body)
			}
		}
	}
}
