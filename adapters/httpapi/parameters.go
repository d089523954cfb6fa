package httpapi

import (
	"maps"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"parley/adapters/httpapi/strictjson"
	"parley/domain"
	"parley/domain/eventlog"
)

// Limits of a parameter. Every value is a condition in a statement, and a text may
// become a pattern; databases take so many, and so long ones, and no more.
const (
	maxRepeats   = 100
	maxParameter = 4096 // bytes; what is opaque, like a cursor, becomes no pattern
)

// bindParameters fills the struct from a query string and returns everything
// that does not fit. Fields are named by their query tag; a slice takes the
// different values of a parameter that is repeated at most maxRepeats times,
// anything else exactly one.
func bindParameters(values url.Values, into any) []domain.FieldError {
	if len(values) == 0 {
		return nil
	}
	var errs []domain.FieldError
	target := reflect.ValueOf(into).Elem()
	known := parametersOf(target.Type())
	for _, name := range slices.Sorted(maps.Keys(values)) {
		field, ok := known[name]
		if !ok {
			errs = append(errs, domain.FieldError{Parameter: shortened(name), Detail: "is not a known parameter"})
			continue
		}
		if wrong := bindParameter(values[name], field.Tag, target.FieldByIndex(field.Index)); wrong != "" {
			errs = append(errs, domain.FieldError{Parameter: name, Detail: wrong})
		}
	}
	return errs
}

// parameterPlans keeps the parameters of every struct that was ever bound to.
var parameterPlans sync.Map // reflect.Type → map[string]reflect.StructField

func parametersOf(t reflect.Type) map[string]reflect.StructField {
	if plan, ok := parameterPlans.Load(t); ok {
		return plan.(map[string]reflect.StructField)
	}
	plan := map[string]reflect.StructField{}
	for _, f := range reflect.VisibleFields(t) {
		if name := f.Tag.Get("query"); name != "" {
			plan[name] = f
		}
	}
	parameterPlans.Store(t, plan)
	return plan
}

// shortened keeps the name of an unknown parameter from being an echo.
func shortened(name string) string {
	const longest = 64
	if len(name) > longest || name == "" || domain.CheckLine(name) != "" {
		return "?"
	}
	return name
}

func bindParameter(values []string, tag reflect.StructTag, to reflect.Value) (wrong string) {
	if len(values) > maxRepeats {
		return "must be given at most " + strconv.Itoa(maxRepeats) + " times"
	}
	for _, v := range values {
		if len(v) > maxParameter && tag.Get("opaque") == "" {
			return "must be at most " + strconv.Itoa(maxParameter) + " bytes long"
		}
		if wrong := checkTags(v, tag); wrong != "" {
			return wrong
		}
	}
	if to.Kind() == reflect.Slice {
		return setParameters(values, to)
	}
	if len(values) > 1 {
		return "must be given once"
	}
	return setParameter(values[0], to)
}

// setParameters sets a slice to the values, each once: they are alternatives.
func setParameters(values []string, to reflect.Value) (wrong string) {
	all, seen := reflect.MakeSlice(to.Type(), 0, len(values)), map[any]bool{}
	for _, v := range values {
		one := reflect.New(to.Type().Elem()).Elem()
		if wrong := setParameter(v, one); wrong != "" {
			return wrong
		}
		if !seen[one.Interface()] {
			seen[one.Interface()] = true
			all = reflect.Append(all, one)
		}
	}
	to.Set(all)
	return ""
}

func setParameter(text string, to reflect.Value) (wrong string) {
	if to.Kind() == reflect.Pointer {
		fresh := reflect.New(to.Type().Elem())
		if wrong := setParameter(text, fresh.Elem()); wrong != "" {
			return wrong
		}
		to.Set(fresh)
		return ""
	}
	switch target := to.Addr().Interface().(type) {
	case *time.Time:
		*target, wrong = strictjson.ParseTime(text)
		return wrong
	case *eventlog.Position:
		n, ok := decimal(text)
		if !ok {
			return "must be an unsigned decimal number"
		}
		*target = eventlog.Position(n)
		return ""
	}
	switch to.Kind() {
	case reflect.Bool:
		if text != "true" && text != "false" {
			return "must be true or false"
		}
		to.SetBool(text == "true")
	case reflect.Int:
		n, err := strconv.ParseInt(text, 10, 32)
		if err != nil || text[0] == '+' {
			return "must be a whole number"
		}
		to.SetInt(n)
	default:
		text = domain.NormalizeText(text)
		if wrong := domain.CheckText(text); wrong != "" {
			return wrong
		}
		to.SetString(text)
	}
	return ""
}

// checkTags enforces what the published schema says of a single value.
func checkTags(text string, tag reflect.StructTag) (wrong string) {
	if enum := tag.Get("enum"); enum != "" && !slices.Contains(strings.Split(enum, ","), text) {
		return "must be one of " + strings.ReplaceAll(enum, ",", ", ")
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return ""
	}
	if lowest, given := tag.Lookup("minimum"); given && n < whole(lowest) {
		return "must be at least " + lowest
	}
	if highest, given := tag.Lookup("maximum"); given && n > whole(highest) {
		return "must be at most " + highest
	}
	return ""
}

// whole reads a bound in a tag, which only a programmer can have got wrong.
func whole(bound string) int64 {
	n, err := strconv.ParseInt(bound, 10, 64)
	if err != nil {
		panic(err)
	}
	return n
}
