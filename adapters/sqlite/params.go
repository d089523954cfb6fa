package sqlite

import (
	"regexp"
	"strconv"
	"strings"
)

// parameter matches literals and comments, to be passed over, and a numbered
// parameter.
var parameter = regexp.MustCompile(`'[^']*'|--[^\n]*|\$[0-9]+`)

// parameters writes numbered parameters as SQLite does, for which $1 is a name:
// as bare ones where each number occurs once and in order. SQLite looks others up
// in a list, for each binding, which takes longer than the insert itself when
// there are thousands.
func parameters(sql string) string {
	next, ordered := 1, true
	replace := func(by func(number string) string) string {
		return parameter.ReplaceAllStringFunc(sql, func(match string) string {
			if number, is := strings.CutPrefix(match, "$"); is {
				return by(number)
			}
			return match
		})
	}
	bare := replace(func(number string) string {
		ordered = ordered && number == strconv.Itoa(next)
		next++
		return "?"
	})
	if ordered {
		return bare
	}
	return replace(func(number string) string { return "?" + number })
}
