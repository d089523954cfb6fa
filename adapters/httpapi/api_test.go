package httpapi_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"parley/adapters/httpapi"
	"parley/domain"
	"parley/domain/access"
)

// people signs in whoever is named: Bearer admin, user, buyer.
type people struct{}

func (people) Authenticate(r *http.Request) (access.Actor, error) {
	role := map[string]string{"Bearer admin": "administrator", "Bearer user": "user", "Bearer buyer": "buyer"}[r.Header.Get("Authorization")]
	if role == "" {
		return access.Actor{}, domain.NewError(domain.CodeUnauthenticated, "Sign in.")
	}
	kind := access.Roles[role].Kind
	id := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
	return access.Actor{
		Person: domain.Person{Kind: kind, ID: id}, Name: id, Organization: "acme",
		Roles: []string{role}, Permissions: access.Granted(kind, []string{role}),
	}, nil
}

func (p people) Again(r *http.Request) (access.Actor, error) { return p.Authenticate(r) }

// readModels is a port of read models that behave as the test sets them.
type readModels struct {
	ready bool
	list  func() ([]httpapi.Projection, error)
}

func (m readModels) List(context.Context) ([]httpapi.Projection, error) {
	if m.list != nil {
		return m.list()
	}
	return []httpapi.Projection{{Name: "inboxes"}}, nil
}

func (m readModels) Rebuild(_ context.Context, name string) (httpapi.Projection, error) {
	if name != "inboxes" {
		return httpapi.Projection{}, domain.NewError(domain.CodeNotFound, "There is no such read model.")
	}
	return httpapi.Projection{Name: name}, nil
}

func (m readModels) Diff(context.Context, string) (httpapi.ProjectionDiff, error) {
	return httpapi.ProjectionDiff{Equal: true}, nil
}

func (m readModels) Readiness(context.Context) httpapi.Readiness {
	return httpapi.Readiness{Ready: m.ready, Projections: []httpapi.Projection{{Name: "inboxes", Lag: 3}}}
}

// thin returns an API that has nothing behind it but read models, for what is
// decided before any use case.
func thin(t *testing.T, models readModels, logTo io.Writer) *httptest.Server {
	t.Helper()
	server := httptest.NewServer(httpapi.New(httpapi.Config{
		Authenticator: people{}, Projections: models, Readiness: models,
		Metrics: http.NotFoundHandler(), Logger: slog.New(slog.NewJSONHandler(logTo, nil)),
		Markup: func(body string) string { return body }, PlainText: func(body string) string { return body }, Version: "test",
	}))
	t.Cleanup(server.Close)
	return server
}

// answered is an answer with its body read.
type answered struct {
	*http.Response
	body []byte
}

func (a answered) problem(t *testing.T) httpapi.Problem {
	t.Helper()
	if got := a.Header.Get("Content-Type"); got != "application/problem+json" {
		t.Fatalf("status %d is %s: %s", a.StatusCode, got, a.body)
	}
	var p httpapi.Problem
	if err := json.Unmarshal(a.body, &p); err != nil {
		t.Fatalf("problem %s: %v", a.body, err)
	}
	if p.Status != a.StatusCode || p.Type == "" || p.Title == "" || p.Detail == "" || p.Code == "" {
		t.Fatalf("problem of status %d is not whole: %s", a.StatusCode, a.body)
	}
	return p
}

func (a answered) decode(t *testing.T, into any) {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(a.body))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		t.Fatalf("decode %s: %v", a.body, err)
	}
}

// send sends a request as somebody, "" for a stranger; headers are pairs.
func send(t *testing.T, server *httptest.Server, as, method, path, body string, headers ...string) answered {
	t.Helper()
	var content io.Reader
	if body != "" {
		content = strings.NewReader(body)
	}
	r, err := http.NewRequestWithContext(t.Context(), method, server.URL+path, content)
	if err != nil {
		t.Fatal(err)
	}
	if as != "" {
		r.Header.Set("Authorization", "Bearer "+as)
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header[http.CanonicalHeaderKey(headers[i])] = append(r.Header[http.CanonicalHeaderKey(headers[i])], headers[i+1])
		if headers[i] == "Content-Type" {
			r.Header.Set("Content-Type", headers[i+1])
		}
	}
	response, err := server.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	read, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	a := answered{response, read}
	conforms(t, method, path, body, a)
	return a
}
