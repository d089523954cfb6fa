package postgres

import (
	"regexp"
	"strings"
)

// columnType matches what must be left alone (literals, comments) before the
// type of a column, which is the word after its name.
var columnType = regexp.MustCompile(`(?i)'[^']*'|--[^\n]*|\b[a-z_][a-z0-9_]*\s+text\b`)

// indexName matches the head of an index whose name is qualified.
var indexName = regexp.MustCompile(`(?i)(create\s+(?:unique\s+)?index\s+(?:if\s+not\s+exists\s+)?)[a-z_][a-z0-9_]*\.`)

// translate turns the common DDL into that of PostgreSQL: text compares by
// bytes, and the name of an index has no schema because it lives in its
// table's. The other types are PostgreSQL's own.
func translate(ddl string) string {
	ddl = indexName.ReplaceAllString(ddl, "$1")
	return columnType.ReplaceAllStringFunc(ddl, func(match string) string {
		if strings.HasPrefix(match, "'") || strings.HasPrefix(match, "--") {
			return match
		}
		return match + ` collate "C"`
	})
}
