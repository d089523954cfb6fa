package httpapi_test

import (
	"io"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
)

func TestOpenAPI_is_valid_and_needs_no_identity(t *testing.T) {
	t.Parallel()
	server := thin(t, readModels{}, io.Discard)
	a := send(t, server, "", "GET", "/openapi.json", "")
	doc, err := openapi3.NewLoader().LoadFromData(a.body)
	if err != nil {
		t.Fatalf("load: %v", err)
	}
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
	if strings.Contains(string(docs.body), "https://") {
		t.Error("the page loads from elsewhere")
	}
}
