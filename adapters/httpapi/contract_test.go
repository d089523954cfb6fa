package httpapi_test

import (
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"parley/adapters/httpapi"
)

// published is the document as the server publishes it.
var published = sync.OnceValue(func() *openapi3.T {
	api := httpapi.New(httpapi.Config{Authenticator: people{}, Logger: slog.New(slog.DiscardHandler), Version: "test"})
	w := httptest.NewRecorder()
	api.ServeHTTP(w, httptest.NewRequest("GET", "/openapi.json", nil))
	doc, err := openapi3.NewLoader().LoadFromData(w.Body.Bytes())
	if err != nil {
		panic(err)
	}
	return doc
})

var braces = regexp.MustCompile(`\\\{[a-z]+\\\}`)

// publishedOperation returns what is published of a request's operation, or nil
// when it is none.
func publishedOperation(method, path string) *openapi3.Operation {
	path, _, _ = strings.Cut(path, "?")
	var best string
	for template := range published().Paths.Map() {
		pattern := "^" + braces.ReplaceAllString(regexp.QuoteMeta(template), `[^/]+`) + "$"
		fixed := strings.Count(template, "{") < strings.Count(best, "{")
		if regexp.MustCompile(pattern).MatchString(path) && (best == "" || fixed) {
			best = template
		}
	}
	if best == "" {
		return nil
	}
	return published().Paths.Value(best).GetOperation(method)
}

// conforms checks every request and answer of all tests against the published
// document: statuses are published, answers have their shape, and a request that
// was taken has its own.
func conforms(t *testing.T, method, path, body string, a answered) {
	t.Helper()
	op := publishedOperation(method, path)
	if op == nil {
		return
	}
	response := op.Responses.Value(strconv.Itoa(a.StatusCode))
	if response == nil {
		t.Errorf("%s %s: status %d is not published", method, path, a.StatusCode)
		return
	}
	mediaType, _, _ := strings.Cut(a.Header.Get("Content-Type"), ";")
	switch content := response.Value.Content.Get(mediaType); {
	case len(a.body) == 0 && response.Value.Content == nil:
	case content == nil:
		t.Errorf("%s %s: %s for status %d is not published", method, path, mediaType, a.StatusCode)
	case strings.HasSuffix(mediaType, "json") && mediaType != ndjsonType && mediaType != "application/openapi+json":
		valid(t, method+" "+path+" answers", content.Schema.Value, string(a.body))
	}
	if took := a.StatusCode < 300 && body != "" && op.RequestBody != nil; took && op.RequestBody.Value.Content.Get("application/json") != nil {
		valid(t, method+" "+path+" takes", op.RequestBody.Value.Content.Get("application/json").Schema.Value, body)
	}
	for _, name := range []string{"ETag", "Location", "Parley-Head", "Parley-Log", "Parley-Position"} {
		if _, stated := response.Value.Headers[name]; a.Header.Get(name) != "" && !stated {
			t.Errorf("%s %s: header %s is not published", method, path, name)
		}
	}
}

func valid(t *testing.T, what string, schema *openapi3.Schema, text string) {
	t.Helper()
	var value any
	if err := json.Unmarshal([]byte(text), &value); err != nil {
		t.Errorf("%s %s: %v", what, text, err)
		return
	}
	if err := schema.VisitJSON(value, openapi3.EnableJSONSchema2020()); err != nil {
		t.Errorf("%s %s: %v", what, text, err)
	}
}

func TestPublishedBodies_are_what_is_enforced(t *testing.T) {
	t.Parallel()
	server := whole(t)
	c := begun(t, server)
	send(t, server, admin, "POST", "/v1/conversations/"+c.ID.String()+"/messages", `{"body":"the caller's own"}`)
	for path, item := range published().Paths.Map() {
		for method, op := range item.Operations() {
			if op.RequestBody == nil || op.RequestBody.Value.Content.Get("application/json") == nil {
				continue
			}
			schema := op.RequestBody.Value.Content.Get("application/json").Schema.Value
			target := strings.NewReplacer("{id}", c.ID.String(), "{kind}", "user", "{type}", "order", "{number}", "2").Replace(path)
			for name, property := range schema.Properties {
				for _, wrong := range []string{`{}`, `[]`, `5.5`, `"x"`, `true`, `null`} {
					var value any
					_ = json.Unmarshal([]byte(wrong), &value)
					fits := property.Value.VisitJSON(value, openapi3.EnableJSONSchema2020()) == nil
					a := send(t, server, admin, method, target, `{"`+name+`":`+wrong+`}`)
					complains := a.StatusCode == 422 && strings.Contains(pointers(t, a)+" ", " /"+name)
					if !fits && !complains {
						t.Errorf("%s %s: %s as %s is published as wrong, but: %d %s", method, path, name, wrong, a.StatusCode, a.body)
					}
				}
			}
			if a := send(t, server, admin, method, target, `{"unknown":1}`); !strings.Contains(pointers(t, a), "/unknown") {
				t.Errorf("%s %s takes unknown fields: %s", method, path, a.body)
			}
			if allowed := schema.AdditionalProperties.Has; allowed == nil || *allowed {
				t.Errorf("%s %s publishes that it takes unknown fields", method, path)
			}
		}
	}
}

func TestOpenAPI_is_valid_and_needs_no_identity(t *testing.T) {
	t.Parallel()
	server := thin(t, readModels{}, io.Discard)
	doc := published()
	if err := doc.Validate(t.Context()); err != nil {
		t.Errorf("validate: %v", err)
	}
	if !strings.HasPrefix(doc.OpenAPI, "3.1") {
		t.Errorf("version is %s", doc.OpenAPI)
	}
	docs := send(t, server, "", "GET", "/docs", "")
	for path, item := range doc.Paths.Map() {
		for method, op := range item.Operations() {
			if op.OperationID == "" || op.Summary == "" || len(op.Tags) != 1 {
				t.Errorf("%s %s is not described", method, path)
			}
			if !strings.Contains(string(docs.body), `id="`+op.OperationID+`"`) {
				t.Errorf("%s %s is not on the page", method, path)
			}
		}
	}
	if docs.StatusCode != http.StatusOK || strings.Contains(string(docs.body), "https://") {
		t.Error("the page loads from elsewhere")
	}
}
