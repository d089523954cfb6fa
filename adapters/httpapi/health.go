package httpapi

import (
	"context"
	"net/http"
	"time"

	"parley/domain/eventlog"
)

// Readiness says whether the server can take requests now, and about each read
// model how it is doing. Reason says what it waits for, or what somebody has to do,
// and names no stream, position, user or address. Refused is the class of what the
// event store refuses.
type Readiness struct {
	Ready       bool             `json:"ready"`
	Reason      string           `json:"reason,omitempty" doc:"What the server waits for, and what to do where somebody has to."`
	Refused     eventlog.Refusal `json:"refused,omitempty" enum:"credentials,rights,certificate,address,writes,version,call" doc:"What the event store refuses."`
	Projections []Projection     `json:"projections" doc:"Positions, parked streams, rebuilds and problems are told to administrators alone."`
}

// ReadinessPort knows whether the server is ready. It answers at once.
type ReadinessPort interface {
	Readiness(ctx context.Context) Readiness
}

type health struct {
	Status string `json:"status" enum:"ok"`
}

func (a *api) getHealth() operation {
	op := answering[health](operation{
		method: "GET", path: "/healthz", id: "get-health", tag: tagOperations, needs: noIdentity, success: 200,
		summary: "Tell whether the process is alive",
	})
	op.do = func(*call) (answer, error) { return answer{status: 200, body: health{"ok"}}, nil }
	return op
}

func (a *api) getReadiness() operation {
	op := answering[Readiness](operation{
		method: "GET", path: "/readyz", id: "get-readiness", tag: tagOperations, needs: noIdentity, success: 200,
		summary: "Tell whether requests can be taken: 200 if so, else 503, with the same body",
	})
	op.do = func(c *call) (answer, error) {
		ready := a.config.Readiness.Readiness(c.r.Context())
		if !a.isAdministrator(c.r) {
			ready.Projections = shown(ready.Projections, Projection.public)
		}
		ready.Projections = shown(ready.Projections, Projection.whole)
		if ready.Ready && !a.closing() {
			return answer{status: http.StatusOK, body: ready}, nil
		}
		ready.Ready = false
		c.w.Header().Set("Retry-After", "1")
		return answer{status: http.StatusServiceUnavailable, body: ready}, nil
	}
	return op
}

// isAdministrator reports whether whoever asks what anybody may ask may know more.
// Asking is no use of a session.
func (a *api) isAdministrator(r *http.Request) bool {
	ctx, cancel := context.WithTimeout(r.Context(), time.Second)
	defer cancel()
	actor, err := a.config.Authenticator.Again(r.WithContext(ctx))
	return err == nil && actor.Administer
}

func (a *api) getMetrics() operation {
	op := operation{
		method: "GET", path: "/metrics", id: "get-metrics", tag: tagOperations, needs: noIdentity, success: 200,
		contentType: "text/plain", summary: "Read the metrics in Prometheus' text format",
	}
	op.do = func(c *call) (answer, error) {
		c.answered = true
		allowWriting(c.w)
		a.config.Metrics.ServeHTTP(c.w, c.r)
		return answer{}, nil
	}
	return op
}
