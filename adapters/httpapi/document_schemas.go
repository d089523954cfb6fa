package httpapi

import (
	"reflect"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// input marks a type, and all that it is made of, as something that clients
// send.
func (d *document) input(t reflect.Type) {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice || t.Kind() == reflect.Map {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct || d.inputs[t] {
		return
	}
	d.inputs[t] = true
	for _, f := range reflect.VisibleFields(t) {
		d.input(f.Type)
	}
}

// refineSchemas says what tags cannot: answers have no null arrays and mark the
// objects that may be null; in what clients send, null is the same as absence.
func (d *document) refineSchemas() {
	for name, schema := range d.schemas.Map() {
		t := d.schemas.TypeFromRef(schemaPrefix + name)
		for _, f := range reflect.VisibleFields(t) {
			field, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			property := schema.Properties[field]
			if property == nil {
				continue
			}
			mayBeNull := f.Type.Kind() == reflect.Pointer && !strings.Contains(f.Tag.Get("json"), ",omit")
			if d.inputs[t] {
				mayBeNull = !slices.Contains(schema.Required, field)
			}
			schema.Properties[field] = nullable(property, mayBeNull)
			if each, ok := property.AdditionalProperties.(*huma.Schema); ok && d.inputs[t] {
				property.AdditionalProperties = nullable(each, true)
			}
		}
	}
}

func nullable(s *huma.Schema, mayBeNull bool) *huma.Schema {
	if s.Ref == "" {
		s.Nullable = mayBeNull
		return s
	}
	if !mayBeNull {
		return s
	}
	return &huma.Schema{Description: s.Description, AnyOf: []*huma.Schema{{Ref: s.Ref}, {Type: "null"}}}
}
