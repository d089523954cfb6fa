package strictjson

import (
	"reflect"
	"strconv"
	"strings"
	"sync"
)

// path is where a value stands; nil is the whole text. It is made a string only
// when something is wrong there.
type path struct {
	parent *path
	name   string
	index  int
}

func (p *path) field(name string) *path { return &path{parent: p, name: name, index: -1} }

func (p *path) item(i int) *path { return &path{parent: p, index: i} }

// unknown points at an unknown field, or at what it stands in when its name is
// so long that it is rather content.
func (p *path) unknown(name string) *path {
	const longest = 64
	if len(name) > longest {
		return p
	}
	return p.field(name)
}

var escapePointer = strings.NewReplacer("~", "~0", "/", "~1")

// String returns the path as an RFC 6901 JSON Pointer.
func (p *path) String() string {
	if p == nil {
		return ""
	}
	if p.index >= 0 {
		return p.parent.String() + "/" + strconv.Itoa(p.index)
	}
	return p.parent.String() + "/" + escapePointer.Replace(p.name)
}

// field is how the members of an object find their place in a struct.
type field struct {
	index    []int
	nullable bool
}

// plans keeps the fields of every struct type that was ever bound to.
var plans sync.Map // reflect.Type → map[string]field

func fieldsOf(t reflect.Type) map[string]field {
	if plan, ok := plans.Load(t); ok {
		return plan.(map[string]field)
	}
	plan := map[string]field{}
	for _, f := range reflect.VisibleFields(t) {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name == "" || name == "-" {
			continue
		}
		_, isNullable := reflect.New(f.Type).Interface().(nullable)
		plan[name] = field{f.Index, isNullable}
	}
	plans.Store(t, plan)
	return plan
}
