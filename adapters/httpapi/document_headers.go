package httpapi

import (
	"net/http"
	"reflect"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// parameters describes what the operation takes beside its body.
func (d *document) parameters(op operation) []*huma.Param {
	var all []*huma.Param
	for _, name := range op.pathParameters() {
		schema := &huma.Schema{Type: "string"}
		if strings.HasPrefix(op.path, "/v1/conversations/{id}") && name == "id" {
			schema.Format = "uuid"
		}
		all = append(all, &huma.Param{Name: name, In: "path", Required: true, Schema: schema})
	}
	if op.parameters != nil {
		all = append(all, d.queryParameters(op.parameters)...)
	}
	for _, h := range op.headers() {
		all = append(all, &huma.Param{Name: h.name, In: "header", Description: h.doc, Schema: &huma.Schema{Type: "string", Pattern: h.pattern}})
	}
	return all
}

// pathParameters returns the names between braces in the operation's path.
func (op operation) pathParameters() []string {
	var names []string
	for part := range strings.SplitSeq(op.path, "/") {
		if name, ok := strings.CutPrefix(part, "{"); ok {
			names = append(names, strings.TrimSuffix(name, "}"))
		}
	}
	return names
}

func (d *document) queryParameters(t reflect.Type) []*huma.Param {
	var all []*huma.Param
	for _, f := range reflect.VisibleFields(t) {
		name := f.Tag.Get("query")
		if name == "" {
			continue
		}
		schema := huma.SchemaFromField(d.schemas, f, "")
		schema.Nullable = false
		if f.Type.Kind() == reflect.Slice {
			schema.MaxItems = new(maxRepeats)
		}
		description := schema.Description
		schema.Description = ""
		all = append(all, &huma.Param{Name: name, In: "query", Description: description, Schema: schema})
	}
	return all
}

type header struct{ name, pattern, doc string }

// headers lists the request headers that the operation reads.
func (op operation) headers() []header {
	var all []header
	if op.needs == noIdentity {
		return nil
	}
	if op.command {
		all = append(all, header{"Idempotency-Key", `^[!-~]{1,255}$`, "Makes repetitions of this request answer as the first did."})
	}
	if op.conditional {
		all = append(all, header{"If-Match", "", "Entity tags that what is changed must have, or *."})
	}
	if op.resumes {
		all = append(all, header{"Last-Event-ID", `^\d+$`, "The last event that the client saw."})
	}
	return append(all, header{"Parley-Min-Position", `^\d+$`, "A position of the log; the answer is from at least there."})
}

// responseHeaders lists the headers of the operation's success.
func (d *document) responseHeaders(op operation) map[string]*huma.Param {
	text := &huma.Schema{Type: "string"}
	all := map[string]*huma.Param{}
	if op.command {
		all["Parley-Position"] = &huma.Param{Description: "The log's position of the command's last event.", Schema: text}
	}
	if op.etagged {
		all["ETag"] = &huma.Param{Description: "The revision of what is answered; absent for customer users.", Schema: text}
	}
	if op.placed {
		all["Parley-Log"] = &huma.Param{Description: "Which log answers, by the id of its first event; absent while it has none.", Schema: text}
		all["Parley-Head"] = &huma.Param{Description: "The position up to which that log has been followed.", Schema: text}
	}
	switch {
	case op.located && op.success == http.StatusCreated:
		all["Location"] = &huma.Param{Description: "Where the created thing is.", Schema: text}
	case op.success == http.StatusSeeOther:
		all["Location"] = &huma.Param{Description: "Where the browser goes.", Schema: text}
	}
	return all
}
