package queries

import (
	"strconv"
	"strings"
	"time"

	"parley/domain/conversation"
)

// ConversationFilter says which conversations are wanted; the zero value says
// all. Values of one field are alternatives, fields must all hold. Bounds of
// times exclude the bound, those of counts include it.
type ConversationFilter struct {
	Name              []string // substrings, in any case
	Status            []conversation.Status
	Mine              *bool
	Unread            *bool
	Owner             []string
	Customer          []string
	CustomerUser      []string
	SourceType        []string // NoSource for those without a source
	MessageCountMin   *int
	MessageCountMax   *int
	CreatedAfter      *time.Time
	CreatedBefore     *time.Time
	LastMessageAfter  *time.Time
	LastMessageBefore *time.Time
}

// NoSource is the source type of conversations without a source.
const NoSource = "none"

// conditions returns the conditions of the row c, and puts their values into
// the params. Status, mine and unread are not among them.
func (f ConversationFilter) conditions(p params) []clause {
	var out []clause
	add := func(name string, value any, c clause) {
		p[name] = value
		out = append(out, c)
	}
	for _, in := range []struct {
		name   string
		values []string
		c      clause
	}{
		{"owners", f.Owner, `c.owner in ({owners})`},
		{"customers", f.Customer, `c.customer in ({customers})`},
		{"customer_users", f.CustomerUser, `c.customer_user in ({customer_users})`},
		{"source_types", sourceTypes(f.SourceType), `c.source_type in ({source_types})`},
	} {
		if len(in.values) > 0 {
			add(in.name, padded(in.values), in.c)
		}
	}
	if len(f.Name) > 0 {
		out = append(out, nameContains(f.Name, p))
	}
	for _, bound := range []struct {
		name  string
		value *int64
		c     clause
	}{
		{"count_min", count(f.MessageCountMin), `{count} >= {count_min}`},
		{"count_max", count(f.MessageCountMax), `{count} <= {count_max}`},
		{"created_after", micros(f.CreatedAfter), `c.created_at > {created_after}`},
		{"created_before", micros(f.CreatedBefore), `c.created_at < {created_before}`},
		{"last_after", micros(f.LastMessageAfter), `{last_at} > {last_after}`},
		{"last_before", micros(f.LastMessageBefore), `{last_at} < {last_before}`},
	} {
		if bound.value != nil {
			add(bound.name, *bound.value, bound.c)
		}
	}
	return out
}

func nameContains(texts []string, p params) clause {
	var any []string
	for i, text := range texts {
		name := "name" + strconv.Itoa(i)
		p[name] = containing(text)
		any = append(any, `c.search like {`+name+`} escape '\'`)
	}
	return clause("(" + strings.Join(any, " or ") + ")")
}

func sourceTypes(types []string) []string {
	var out []string
	for _, t := range types {
		if t == NoSource {
			t = ""
		}
		out = append(out, t)
	}
	return out
}

func texts[T ~string](values []T) []string {
	var out []string
	for _, v := range values {
		out = append(out, string(v))
	}
	return out
}

func count(n *int) *int64 {
	if n == nil {
		return nil
	}
	wide := int64(*n)
	return &wide
}

func micros(t *time.Time) *int64 {
	if t == nil {
		return nil
	}
	at := t.UnixMicro()
	return &at
}
