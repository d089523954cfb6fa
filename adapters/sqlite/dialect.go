package sqlite

import (
	"regexp"
	"strings"
)

var (
	literal    = regexp.MustCompile(`'[^']*'|--[^\n]*|;`)
	columnType = regexp.MustCompile(`(?i)'[^']*'|\b([a-z_][a-z0-9_]*\s+)(bigint|boolean|double\s+precision)\b`)
	indexName  = regexp.MustCompile(`(?i)^(create\s+(?:unique\s+)?index\s+(?:if\s+not\s+exists\s+)?)(?:[a-z_][a-z0-9_]*\.)?([a-z_][a-z0-9_]*\s+on\s+)(?:[a-z_][a-z0-9_]*\.)?`)
	tableHead  = regexp.MustCompile(`(?i)^create\s+table\b`)
)

// translate turns the common DDL into the statements of SQLite. Tables are
// strict, so that a column holds nothing but its type. They keep the row ids of
// SQLite: storing rows of a few hundred bytes by their key instead was measured
// to cost a quarter more. An index lives in the schema of its own name.
func translate(schema, ddl string) []string {
	var translated []string
	for _, statement := range split(ddl) {
		if declared := textIndex.FindStringSubmatch(statement); declared != nil {
			translated = append(translated, textIndexOf(schema, declared[1], declared[2], declared[3])...)
			continue
		}
		statement = columnType.ReplaceAllStringFunc(statement, columnOf)
		statement = indexName.ReplaceAllString(statement, "${1}"+schema+".${2}")
		if tableHead.MatchString(statement) {
			statement += " strict"
		}
		translated = append(translated, statement)
	}
	return translated
}

func columnOf(match string) string {
	part := columnType.FindStringSubmatch(match)
	if part[1] == "" {
		return match
	}
	if strings.HasPrefix(strings.ToLower(part[2]), "double") {
		return part[1] + "real"
	}
	return part[1] + "int"
}

// split cuts DDL into its statements, without comments.
func split(ddl string) []string {
	var statements []string
	var current strings.Builder
	flush := func() {
		if statement := strings.TrimSpace(current.String()); statement != "" {
			statements = append(statements, statement)
		}
		current.Reset()
	}
	for ddl != "" {
		at := literal.FindStringIndex(ddl)
		if at == nil {
			break
		}
		current.WriteString(ddl[:at[0]])
		switch match := ddl[at[0]:at[1]]; match[0] {
		case '\'':
			current.WriteString(match)
		case ';':
			flush()
		}
		ddl = ddl[at[1]:]
	}
	current.WriteString(ddl)
	flush()
	return statements
}
