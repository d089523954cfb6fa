package sqlite

import (
	"regexp"
	"strings"
)

// textIndex matches the declaration of an index of words.
var textIndex = regexp.MustCompile(`(?i)^create\s+text\s+index\s+(?:[a-z_][a-z0-9_]*\.)?([a-z_][a-z0-9_]*)\s+on\s+(?:[a-z_][a-z0-9_]*\.)?([a-z_][a-z0-9_]*)\s*\(\s*([a-z_][a-z0-9_]*)\s*\)$`)

// textIndexOf returns the statements of an index of words: a table of FTS5 that
// keeps no texts of its own, and triggers that make it follow its table by row
// id. The tokenizer ascii cuts at spaces alone where there are only letters,
// marks and digits.
func textIndexOf(schema, index, table, column string) []string {
	const (
		remove = "insert into INDEX(INDEX, rowid, COLUMN) values ('delete', old.rowid, old.COLUMN); "
		add    = "insert into INDEX(rowid, COLUMN) values (new.rowid, new.COLUMN); "
	)
	names := strings.NewReplacer("SCHEMA", schema, "INDEX", index, "TABLE", table, "COLUMN", column)
	statements := []string{
		"create virtual table SCHEMA.INDEX using fts5(COLUMN, content='TABLE', tokenize='ascii', detail=none, columnsize=0)",
		"create trigger SCHEMA.INDEX_insert after insert on TABLE begin " + add + "end",
		"create trigger SCHEMA.INDEX_delete after delete on TABLE begin " + remove + "end",
		"create trigger SCHEMA.INDEX_update after update of COLUMN on TABLE when old.COLUMN is not new.COLUMN begin " + remove + add + "end",
	}
	for i := range statements {
		statements[i] = names.Replace(statements[i])
	}
	return statements
}

// Matching finds the rows by their ids. The words hold no quote that could end
// theirs.
func (db *DB) Matching(index, column, parameter string) string {
	row, _, _ := strings.Cut(column, ".")
	_, name, _ := strings.Cut(index, ".")
	return row + ".rowid in (select rowid from " + index + " where " + name +
		" match '\"' || replace(" + parameter + ", ' ', '\" \"') || '\"*')"
}
