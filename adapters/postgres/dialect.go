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

// textIndex matches the declaration of an index of words.
var textIndex = regexp.MustCompile(`(?i)\bcreate\s+text\s+index\s+(?:[a-z_][a-z0-9_]*\.)?([a-z_][a-z0-9_]*)\s+on\s+([a-z_][a-z0-9_.]*)\s*\(\s*([a-z_][a-z0-9_]*)\s*\)`)

// wordsOf makes the words of a column the lexemes of a tsvector as they are: the
// server's own parsers, which know languages and locales, see none of it.
func wordsOf(column string) string {
	return "array_to_tsvector(string_to_array(" + column + ", ' '))"
}

// Matching compares the words with a tsquery that is put together by the server,
// from words that hold no quote.
func (db *DB) Matching(_, column, parameter string) string {
	return wordsOf(column) + " @@ cast('''' || replace(" + parameter + ", ' ', ''' & ''') || ''':*' as tsquery)"
}

// translate turns the common DDL into that of PostgreSQL: text compares by
// bytes, and the name of an index has no schema because it lives in its
// table's. The other types are PostgreSQL's own.
func translate(ddl string) string {
	ddl = textIndex.ReplaceAllString(ddl, "create index $1 on $2 using gin ("+wordsOf("$3")+")")
	ddl = indexName.ReplaceAllString(ddl, "$1")
	return columnType.ReplaceAllStringFunc(ddl, func(match string) string {
		if strings.HasPrefix(match, "'") || strings.HasPrefix(match, "--") {
			return match
		}
		return match + ` collate "C"`
	})
}
