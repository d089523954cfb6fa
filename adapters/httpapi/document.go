package httpapi

import (
	"encoding/json"
	"net/http"
	"reflect"
	"strconv"
	"sync"

	"github.com/danielgtaylor/huma/v2"

	"parley/adapters/httpapi/strictjson"
)

const schemaPrefix = "#/components/schemas/"

// document is the published contract while it is put together. Its schemas come
// from the types that requests are read into and answers are made of.
type document struct {
	openAPI *huma.OpenAPI
	schemas huma.Registry
	inputs  map[reflect.Type]bool
	sealed  sync.Once // when it is first asked for, which is much later than the start
	json    []byte
	html    []byte
}

func newDocument(version string) *document {
	schemas := huma.NewMapRegistry(schemaPrefix, huma.DefaultSchemaNamer)
	schemas.RegisterTypeAlias(reflect.TypeFor[strictjson.Nullable[recordChoice]](), reflect.TypeFor[recordChoice]())
	schemas.RegisterTypeAlias(reflect.TypeFor[strictjson.Nullable[roleChange]](), reflect.TypeFor[roleChange]())
	schemas.RegisterTypeAlias(reflect.TypeFor[strictjson.Nullable[int64]](), reflect.TypeFor[int64]())
	return &document{
		schemas: schemas,
		inputs:  map[reflect.Type]bool{},
		openAPI: &huma.OpenAPI{
			OpenAPI: "3.1.0",
			Info:    &huma.Info{Title: "Parley", Version: version, Description: manners},
			Components: &huma.Components{
				Schemas: schemas,
				SecuritySchemes: map[string]*huma.SecurityScheme{
					"bearer":  {Type: "http", Scheme: "bearer", Description: "A JWT of the configured issuer or keys; with --demo, demo:<kind>:<id>."},
					"session": {Type: "apiKey", In: "cookie", Name: "__Host-parley_session", Description: "The cookie of a browser that has signed in; parley_session on a loopback address without https. Requests that another site makes a browser send are refused with 403."},
				},
			},
		},
	}
}

// manners is what holds for every operation.
const manners = `Conversations on business records.

Times are RFC 3339, UTC. Unknown fields and query parameters are refused; null is the same as absence but where it says otherwise.
Errors are RFC 9457 problems with a stable code. Commands take an Idempotency-Key and answer with Parley-Position, which a later
request may send as Parley-Min-Position, to be answered from at least there. Lists are paged by cursor.

x-needs says which right an operation asks of its caller; x-feature which ones answer 404 while an organization has switched conversations off.`

// publish adds an operation to the document.
func (d *document) publish(op operation) {
	o := &huma.Operation{
		Method: op.method, Path: op.path, OperationID: op.id, Summary: op.summary, Tags: []string{op.tag},
		Parameters: d.parameters(op), Responses: d.responses(op), Extensions: map[string]any{"x-needs": op.needs, "x-feature": op.feature()},
	}
	if op.needs != noIdentity {
		o.Security = []map[string][]string{{"bearer": {}}, {"session": {}}}
	}
	if op.bodyType != "" {
		o.RequestBody = &huma.RequestBody{Required: true, Content: d.content(op.bodyType, nil)}
	}
	if op.body != nil {
		d.input(op.body)
		o.RequestBody = &huma.RequestBody{Required: !op.bodyOptional, Content: d.content("", op.body)}
	}
	d.openAPI.AddOperation(o)
}

// content describes a body of a media type; without a Go type it is opaque text.
func (d *document) content(mediaType string, t reflect.Type) map[string]*huma.MediaType {
	if mediaType == "" {
		mediaType = "application/json"
	}
	schema := &huma.Schema{Type: "string"}
	if t != nil {
		schema = d.schemas.Schema(t, true, "")
	}
	return map[string]*huma.MediaType{mediaType: {Schema: schema}}
}

func (d *document) responses(op operation) map[string]*huma.Response {
	ok := &huma.Response{Description: http.StatusText(op.success), Headers: d.responseHeaders(op)}
	if op.answers != nil || op.contentType != "" {
		ok.Content = d.content(op.contentType, op.answers)
	}
	all := map[string]*huma.Response{strconv.Itoa(op.success): ok}
	if op.id == "get-readiness" {
		all["503"] = &huma.Response{Description: "Not ready", Content: d.content("", op.answers)}
	}
	if op.ranged {
		for _, status := range []int{http.StatusPartialContent, http.StatusNotModified} {
			all[strconv.Itoa(status)] = &huma.Response{Description: http.StatusText(status), Headers: ok.Headers}
		}
		all["206"].Content = ok.Content
	}
	for _, status := range op.refusals() {
		all[strconv.Itoa(status)] = &huma.Response{
			Description: http.StatusText(status),
			Content:     d.content("application/problem+json", reflect.TypeFor[Problem]()),
		}
	}
	if op.placed {
		all["410"] = &huma.Response{
			Description: http.StatusText(http.StatusGone), Headers: ok.Headers,
			Content: d.content("application/problem+json", reflect.TypeFor[LogProblem]()),
		}
	}
	return all
}

// refusals lists the statuses that the operation may refuse with, in the
// contract's order.
func (op operation) refusals() []int {
	if op.needs == noIdentity {
		return op.refuses
	}
	all := []int{
		http.StatusUnauthorized, http.StatusBadRequest, http.StatusForbidden, http.StatusUnprocessableEntity,
		http.StatusTooManyRequests, http.StatusInternalServerError, http.StatusServiceUnavailable,
	}
	if op.feature() == conversations || len(op.pathParameters()) > 0 {
		all = append(all, http.StatusNotFound)
	}
	if op.method != http.MethodGet {
		all = append(all, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType)
	}
	if op.command {
		all = append(all, http.StatusConflict)
	}
	if op.conditional || op.ranged {
		all = append(all, http.StatusPreconditionFailed)
	}
	if op.ranged {
		all = append(all, http.StatusRequestedRangeNotSatisfiable)
	}
	return all
}

// seal finishes the document; it is called once.
func (d *document) seal() {
	d.refineSchemas()
	encoded, err := json.Marshal(d.openAPI)
	if err != nil {
		panic(err)
	}
	d.json, d.html = encoded, d.page()
}
