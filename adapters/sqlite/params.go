package sqlite

import (
	"regexp"
	"strconv"
	"strings"
)

// parameter matches literals and comments, to be passed over, and a numbered
// parameter.
var parameter = regexp.MustCompile(`'[^']*'|--[^\n]*|\$[0-9]+`)

// positional replaces numbered parameters by bare ones where each number occurs
// once and in order. SQLite looks numbered ones up in a list, for each binding,
// which takes longer than the insert itself when there are thousands.
func positional(sql string) string {
	next, ordered := 1, true
	bare := parameter.ReplaceAllStringFunc(sql, func(match string) string {
		if match[0] != '$' {
			return match
		}
		ordered = ordered && match[1:] == strconv.Itoa(next)
		next++
		return "?"
	})
	if !ordered {
		return sql
	}
	return bare
}

// numbered writes numbered parameters as SQLite does: for it, $1 is a name.
func numbered(sql string) string {
	return parameter.ReplaceAllStringFunc(sql, func(match string) string {
		if number, is := strings.CutPrefix(match, "$"); is {
			return "?" + number
		}
		return match
	})
}
