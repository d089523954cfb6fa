package strictjson

import (
	"slices"
	"strings"
)

// Kind tells the kinds of JSON values apart.
type Kind int

// The kinds.
const (
	Null Kind = iota
	Bool
	Number
	String
	Array
	Object
)

// Value is a JSON value as it was written.
type Value struct {
	Kind Kind
	// True is the value of a Bool.
	True bool
	// Text is a String's content, with every byte or escape that is not Unicode
	// replaced, or a Number as it was written.
	Text string
	// Broken is set for a String that held something that is not Unicode.
	Broken bool
	// Items are an Array's elements.
	Items []Value
	// Members are an Object's, in the order of their appearance, doubles too.
	Members []Member
}

// Member is one name and value of an object.
type Member struct {
	Name  string
	Value Value
}

// Canonical returns the value in the one form that all ways to write it share:
// no white space, members sorted by name. Numbers keep how they were written.
func (v Value) Canonical() []byte { return v.appendTo(nil) }

func (v Value) appendTo(b []byte) []byte {
	switch v.Kind {
	case Bool:
		if v.True {
			return append(b, "true"...)
		}
		return append(b, "false"...)
	case Number:
		return append(b, v.Text...)
	case String:
		return appendString(b, v.Text)
	case Array:
		return appendAll(b, '[', ']', v.Items, Value.appendTo)
	case Object:
		sorted := slices.Clone(v.Members)
		slices.SortStableFunc(sorted, func(x, y Member) int { return strings.Compare(x.Name, y.Name) })
		return appendAll(b, '{', '}', sorted, Member.appendTo)
	}
	return append(b, "null"...)
}

func (m Member) appendTo(b []byte) []byte {
	return m.Value.appendTo(append(appendString(b, m.Name), ':'))
}

func appendAll[T any](b []byte, open, end byte, all []T, appendTo func(T, []byte) []byte) []byte {
	b = append(b, open)
	for i, one := range all {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendTo(one, b)
	}
	return append(b, end)
}

// appendString escapes only what JSON demands.
func appendString(b []byte, s string) []byte {
	const hex = "0123456789abcdef"
	b = append(b, '"')
	for i := range len(s) {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			b = append(b, '\\', c)
		case c < 0x20:
			b = append(b, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		default:
			b = append(b, c)
		}
	}
	return append(b, '"')
}
