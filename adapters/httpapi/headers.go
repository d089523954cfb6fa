package httpapi

import (
	"net/http"
	"strconv"
	"strings"

	"parley/commands"
	"parley/domain/eventlog"
)

// single returns the value of a header that may stand at most once.
func single(r *http.Request, name string) (value string, given bool, err error) {
	switch values := r.Header.Values(name); len(values) {
	case 0:
		return "", false, nil
	case 1:
		return values[0], true, nil
	}
	return "", true, malformed("The header " + name + " must stand once.")
}

// idempotencyKey returns the Idempotency-Key: 1 to 255 visible ASCII characters.
func idempotencyKey(r *http.Request) (string, error) {
	key, given, err := single(r, "Idempotency-Key")
	if err != nil || !given {
		return "", err
	}
	if len(key) < 1 || len(key) > 255 || strings.ContainsFunc(key, func(c rune) bool { return c <= ' ' || c > '~' }) {
		return "", malformed("The header Idempotency-Key must be 1 to 255 visible ASCII characters.")
	}
	return key, nil
}

// position returns a header's log position: an unsigned decimal.
func position(r *http.Request, name string) (eventlog.Position, bool, error) {
	text, given, err := single(r, name)
	if err != nil || !given {
		return 0, false, err
	}
	n, ok := decimal(text)
	if !ok {
		return 0, true, malformed("The header " + name + " must be an unsigned decimal number.")
	}
	return eventlog.Position(n), true, nil
}

// decimal reads digits and nothing else, no sign either.
func decimal(text string) (uint64, bool) {
	n, err := strconv.ParseUint(text, 10, 64)
	return n, err == nil && text[0] != '+'
}

// ifMatch reads the precondition: * or a list of entity tags. Weak tags never
// match, nor do tags that name no revision.
func ifMatch(r *http.Request) (*commands.IfMatch, error) {
	values := r.Header.Values("If-Match")
	if len(values) == 0 {
		return nil, nil
	}
	rest := strings.Trim(strings.Join(values, ","), " \t")
	if rest == "*" {
		return &commands.IfMatch{Any: true}, nil
	}
	m := &commands.IfMatch{}
	tags := 0
	for rest != "" {
		tag, weak, after, ok := entityTag(rest)
		if !ok {
			return nil, malformed("The header If-Match must be * or a list of entity tags.")
		}
		if n, isRevision := decimal(tag); isRevision && !weak && n <= 1<<62 && strconv.FormatUint(n, 10) == tag {
			m.Revisions = append(m.Revisions, eventlog.Revision(n))
		}
		rest, tags = after, tags+1
	}
	if tags == 0 {
		return nil, malformed("The header If-Match must be * or a list of entity tags.")
	}
	return m, nil
}

// entityTag cuts the first entity tag off a list, with the comma behind it;
// empty elements of a list are passed over.
func entityTag(list string) (tag string, weak bool, rest string, ok bool) {
	list = strings.TrimLeft(list, " \t,")
	list, weak = strings.CutPrefix(list, "W/")
	list, opened := strings.CutPrefix(list, `"`)
	tag, rest, closed := strings.Cut(list, `"`)
	if !opened || !closed || strings.ContainsFunc(tag, func(c rune) bool { return c <= ' ' || c == 0x7f }) {
		return "", false, "", false
	}
	rest = strings.TrimLeft(rest, " \t")
	if rest != "" && rest[0] != ',' {
		return "", false, "", false
	}
	return tag, weak, strings.TrimLeft(rest, " \t,"), true
}
