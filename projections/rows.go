package projections

import (
	"strconv"
	"strings"

	"parley/domain/sqldb"
)

// maxRows bounds the rows of one statement, so that the parameters of a wide
// row stay below what the databases allow.
const maxRows = 256

// Rows returns statements that carry many rows of values:
//
//	head row, row, … tail
//
// The row is a template such as "(?, cast(? as bigint))", each ? the next value;
// values of a bare VALUES list need the cast, those of an INSERT don't. Sizes of
// statements are powers of two, so that databases can keep few plans.
func Rows(head, row, tail string, rows [][]any) []sqldb.Statement {
	var out []sqldb.Statement
	for len(rows) > 0 {
		n := maxRows
		for n > len(rows) {
			n /= 2
		}
		out = append(out, statement(head, row, tail, rows[:n]))
		rows = rows[n:]
	}
	return out
}

func statement(head, row, tail string, rows [][]any) sqldb.Statement {
	var sql strings.Builder
	args := make([]any, 0, len(rows)*len(rows[0]))
	sql.WriteString(head)
	for i, values := range rows {
		if i > 0 {
			sql.WriteString(", ")
		}
		writeRow(&sql, row, len(args))
		args = append(args, values...)
	}
	sql.WriteString(tail)
	return sqldb.Statement{SQL: sql.String(), Args: args}
}

func writeRow(sql *strings.Builder, row string, used int) {
	for part := range strings.SplitAfterSeq(row, "?") {
		text, isParameter := strings.CutSuffix(part, "?")
		sql.WriteString(text)
		if isParameter {
			used++
			sql.WriteByte('$')
			sql.WriteString(strconv.Itoa(used))
		}
	}
}

// Micros returns a time as it is stored: microseconds since the Unix epoch.
func Micros(t interface{ UnixMicro() int64 }) int64 { return t.UnixMicro() }
