package strictjson

import (
	"math"
	"reflect"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"parley/domain"
)

// MaxErrors bounds how many field errors one text can make.
const MaxErrors = 100

// Nullable is a field for which null means something other than absence.
type Nullable[T any] struct {
	// Cleared is set when null was written.
	Cleared bool
	// Value is what was written, or nil.
	Value *T
}

func (n *Nullable[T]) clear() { n.Cleared = true }

func (n *Nullable[T]) target() reflect.Value {
	n.Value = new(T)
	return reflect.ValueOf(n.Value).Elem()
}

type nullable interface {
	clear()
	target() reflect.Value
}

// Bind fills the struct that target points to and returns everything in the
// value that does not fit it, at most [MaxErrors] errors. Fields are named by
// their json tag; null is the same as absence, and nothing is required here.
// Strings are normalized and checked as domain text; times are RFC 3339, and
// become UTC in whole microseconds. Fields may be strings, booleans, whole
// numbers, times, [Nullable], structs, pointers to those, slices of those and maps
// from ids to [Nullable] ones.
func Bind(v Value, target any) []domain.FieldError {
	var b binder
	b.bind(v, reflect.ValueOf(target).Elem(), nil)
	return b.errors
}

type binder struct{ errors []domain.FieldError }

func (b *binder) refuse(at *path, detail string) {
	if len(b.errors) < MaxErrors {
		b.errors = append(b.errors, domain.FieldError{Pointer: at.String(), Detail: detail})
	}
}

var timeType = reflect.TypeFor[time.Time]()

func (b *binder) bind(v Value, to reflect.Value, at *path) {
	if n, ok := to.Addr().Interface().(nullable); ok {
		if v.Kind == Null {
			n.clear()
			return
		}
		to = n.target()
	}
	switch {
	case to.Kind() == reflect.Pointer:
		to.Set(reflect.New(to.Type().Elem()))
		b.bind(v, to.Elem(), at)
	case to.Type() == timeType:
		b.time(v, to, at)
	case to.Kind() == reflect.String:
		b.text(v, to, at)
	case to.Kind() == reflect.Bool:
		if v.Kind != Bool {
			b.refuse(at, "must be true or false")
			return
		}
		to.SetBool(v.True)
	case to.CanInt():
		b.number(v, to, at)
	case to.Kind() == reflect.Slice:
		b.list(v, to, at)
	case to.Kind() == reflect.Map:
		b.named(v, to, at)
	case to.Kind() == reflect.Struct:
		b.object(v, to, at)
	default:
		panic("strictjson: cannot bind to " + to.Type().String())
	}
}

func (b *binder) text(v Value, to reflect.Value, at *path) {
	if v.Kind != String {
		b.refuse(at, "must be a string")
		return
	}
	if text, ok := b.checked(v, at); ok {
		to.SetString(text)
	}
}

func (b *binder) checked(v Value, at *path) (string, bool) {
	text := domain.NormalizeText(v.Text)
	if v.Broken {
		b.refuse(at, "must be valid UTF-8")
		return "", false
	}
	if wrong := domain.CheckText(text); wrong != "" {
		b.refuse(at, wrong)
		return "", false
	}
	return text, true
}

func (b *binder) time(v Value, to reflect.Value, at *path) {
	t, wrong := ParseTime(v.Text)
	switch {
	case v.Kind != String:
		b.refuse(at, notTime)
	case wrong != "":
		b.refuse(at, wrong)
	default:
		to.Set(reflect.ValueOf(t.Truncate(time.Microsecond)))
	}
}

const notTime = "must be a time as in RFC 3339"

// ParseTime returns the time that a text in the form of RFC 3339 says, in UTC, or
// what is wrong with it. An offset can lead out of the years that the form, and
// so every answer, can write: 0 to 9999.
func ParseTime(text string) (t time.Time, wrong string) {
	t, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		return time.Time{}, notTime
	}
	if t = t.UTC(); t.Year() < 0 || t.Year() > 9999 {
		return time.Time{}, "must be in the years 0 to 9999 in UTC"
	}
	return t, ""
}

// number takes whole numbers however they are written, as JSON Schema does.
func (b *binder) number(v Value, to reflect.Value, at *path) {
	if v.Kind != Number {
		b.refuse(at, "must be a whole number")
		return
	}
	n, err := strconv.ParseInt(v.Text, 10, 64)
	if err != nil {
		f, err := strconv.ParseFloat(v.Text, 64)
		if err != nil || f != math.Trunc(f) || math.Abs(f) > 1<<53 {
			b.refuse(at, "must be a whole number of at most 15 digits")
			return
		}
		n = int64(f)
	}
	to.SetInt(n)
}

func (b *binder) list(v Value, to reflect.Value, at *path) {
	if v.Kind != Array {
		b.refuse(at, "must be an array")
		return
	}
	to.Set(reflect.MakeSlice(to.Type(), len(v.Items), len(v.Items)))
	for i, item := range v.Items {
		b.bind(item, to.Index(i), at.item(i))
	}
}

// named binds an object whose names are ids that an outside system chose. A name
// that cannot be one is refused where the object stands.
func (b *binder) named(v Value, to reflect.Value, at *path) {
	if v.Kind != Object {
		b.refuse(at, "must be an object")
		return
	}
	to.Set(reflect.MakeMapWithSize(to.Type(), len(v.Members)))
	for _, m := range v.Members {
		name := reflect.ValueOf(m.Name)
		switch {
		case domain.CheckID(m.Name) != "" || strings.ContainsRune(m.Name, utf8.RuneError):
			b.refuse(at, "has a name that is no id: 1 to 128 bytes on one line")
		case to.MapIndex(name).IsValid():
			b.refuse(at.field(m.Name), "must not be given twice")
		default:
			each := reflect.New(to.Type().Elem()).Elem()
			b.bind(m.Value, each, at.field(m.Name))
			to.SetMapIndex(name, each)
		}
	}
}

func (b *binder) object(v Value, to reflect.Value, at *path) {
	if v.Kind != Object {
		b.refuse(at, "must be an object")
		return
	}
	fields := fieldsOf(to.Type())
	seen := make(map[string]bool, len(v.Members))
	for _, m := range v.Members {
		f, known := fields[m.Name]
		switch {
		case !known:
			b.refuse(at.unknown(m.Name), "is not a known field")
		case seen[m.Name]:
			b.refuse(at.field(m.Name), "must not be given twice")
		case m.Value.Kind != Null || f.nullable:
			b.bind(m.Value, to.FieldByIndex(f.index), at.field(m.Name))
		}
		seen[m.Name] = true
	}
}
