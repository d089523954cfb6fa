package httpapi

import (
	"bytes"
	_ "embed"
	"html/template"
	"maps"
	"net/http"
	"slices"

	"github.com/danielgtaylor/huma/v2"
)

//go:embed docs.html.tmpl
var docsTemplate string

// pages are the operations that show the document itself.
func (d *document) pages() []operation {
	document := operation{
		method: "GET", path: "/openapi.json", id: "get-openapi", tag: tagOperations, needs: noIdentity, success: 200,
		contentType: "application/openapi+json", summary: "Read this document",
	}
	document.do = func(c *call) (answer, error) {
		d.sealed.Do(d.seal)
		return c.write("application/openapi+json", d.json), nil
	}
	docs := operation{
		method: "GET", path: "/docs", id: "get-docs", tag: tagOperations, needs: noIdentity, success: 200,
		contentType: "text/html", summary: "Read this document as a page",
	}
	docs.do = func(c *call) (answer, error) {
		d.sealed.Do(d.seal)
		c.w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'")
		return c.write("text/html; charset=utf-8", d.html), nil
	}
	return []operation{document, docs}
}

func (c *call) write(contentType string, content []byte) answer {
	c.answered = true
	c.w.Header().Set("Content-Type", contentType)
	allowWriting(c.w)
	c.w.WriteHeader(http.StatusOK)
	_, _ = c.w.Write(content)
	return answer{}
}

// page renders the document as one HTML page that needs nothing else.
func (d *document) page() []byte {
	t := template.Must(template.New("docs").Funcs(template.FuncMap{"typeOf": typeOf, "codes": problemCodes}).Parse(docsTemplate))
	var page bytes.Buffer
	err := t.Execute(&page, map[string]any{
		"Info": d.openAPI.Info, "Tags": d.byTag(), "Schemas": d.schemas.Map(),
	})
	if err != nil {
		panic(err)
	}
	return page.Bytes()
}

// byTag returns the operations in their groups, in the order of paths.
func (d *document) byTag() map[string][]*huma.Operation {
	groups := map[string][]*huma.Operation{}
	for _, path := range slices.Sorted(maps.Keys(d.openAPI.Paths)) {
		item := d.openAPI.Paths[path]
		for _, op := range []*huma.Operation{item.Get, item.Post, item.Put, item.Patch, item.Delete} {
			if op != nil {
				groups[op.Tags[0]] = append(groups[op.Tags[0]], op)
			}
		}
	}
	return groups
}

// typeOf names a schema in a few words; structs are named by their reference.
func typeOf(s *huma.Schema) string {
	switch {
	case s == nil:
		return ""
	case s.Ref != "":
		return s.Ref[len(schemaPrefix):]
	case len(s.AnyOf) > 0:
		return typeOf(s.AnyOf[0]) + " or null"
	case s.Type == huma.TypeArray:
		return "array of " + typeOf(s.Items)
	}
	name := s.Type
	if s.Format != "" {
		name += " (" + s.Format + ")"
	}
	if s.Nullable {
		name += " or null"
	}
	return name
}

// problemCodes returns every code of a problem with its status.
func problemCodes() map[string]int {
	codes := map[string]int{}
	for code, o := range outcomes {
		codes[string(code)] = o.status
	}
	return codes
}
