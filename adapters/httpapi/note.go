package httpapi

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"
	"github.com/google/uuid"
)

// requestIDHeader tells the client under which id the log has its request.
const requestIDHeader = "X-Request-Id"

// noted is what is learned of a request on its way, for the one line of log that
// it leaves.
type noted struct {
	id     uuid.UUID
	err    error // a fault of ours
	actor  string
	remote string // the address that it comes from
}

type noteKey struct{}

// note returns what is noted of the request.
func note(ctx context.Context) *noted {
	if n, ok := ctx.Value(noteKey{}).(*noted); ok {
		return n
	}
	return &noted{}
}

// Observation is what is measured of a request. Route is the pattern that
// matched, "" for none: never a path with ids in it.
type Observation struct {
	Method  string
	Route   string
	Status  int
	Elapsed time.Duration
}

// observed gives each request an id, logs it in one line and measures it. A
// fault of ours is logged here, and only here.
func (a *api) observed(next http.Handler) http.Handler {
	next = a.recovered(a.ownHosts(next))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began := time.Now()
		n := &noted{id: newRequestID(), remote: a.remote(r)}
		w.Header().Set(requestIDHeader, n.id.String())
		w.Header().Set("X-Content-Type-Options", "nosniff")
		w.Header().Set("Cache-Control", "no-store")
		if r.Body != nil && r.Body != http.NoBody {
			// Also a body that nobody reads is waited for before the answer goes out.
			_ = http.NewResponseController(w).SetReadDeadline(began.Add(a.config.BodyTimeout))
		}
		out := middleware.NewWrapResponseWriter(w, r.ProtoMajor)
		r = r.WithContext(context.WithValue(r.Context(), noteKey{}, n))
		defer func() { a.observe(r, n, out, time.Since(began)) }()
		next.ServeHTTP(out, r)
	})
}

// newRequestID is a UUIDv7, so that ids sort as the log does.
func newRequestID() uuid.UUID {
	id, err := uuid.NewV7()
	if err != nil {
		panic(err)
	}
	return id
}

func (a *api) observe(r *http.Request, n *noted, out middleware.WrapResponseWriter, elapsed time.Duration) {
	o := Observation{Method: knownMethod(r.Method), Route: routeOf(r), Status: out.Status(), Elapsed: elapsed}
	if a.config.Observe != nil {
		a.config.Observe(o)
	}
	level := slog.LevelInfo
	if n.err != nil && r.Context().Err() == nil {
		level = slog.LevelError
	}
	log := a.config.Logger.Handler()
	if !log.Enabled(r.Context(), level) {
		return
	}
	line := slog.NewRecord(time.Now(), level, "request", 0) // from nowhere: to look for the place costs more than the line
	line.AddAttrs(
		slog.String("method", o.Method), slog.String("route", o.Route), slog.Int("status", o.Status),
		slog.Int("bytes", out.BytesWritten()), slog.Duration("elapsed", elapsed),
		slog.String("request_id", n.id.String()), slog.String("actor_kind", n.actor), slog.String("remote_address", n.remote),
	)
	if level == slog.LevelError {
		line.AddAttrs(slog.Any("error", n.err))
	}
	_ = log.Handle(r.Context(), line)
}

func routeOf(r *http.Request) string {
	if c := chi.RouteContext(r.Context()); c != nil {
		return c.RoutePattern()
	}
	return ""
}

// knownMethod keeps invented methods out of logs and metrics.
func knownMethod(method string) string {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions:
		return method
	}
	return "other"
}
