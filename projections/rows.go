package projections

import (
	"strconv"
	"strings"
	"sync"

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
	args := make([]any, 0, len(rows)*len(rows[0]))
	for _, values := range rows {
		args = append(args, values...)
	}
	return sqldb.Statement{SQL: textOf(shape{head, row, tail, len(rows)}), Args: args}
}

// shape is what the text of a statement depends on.
type shape struct {
	head, row, tail string
	rows            int
}

// texts keeps the text of every shape. They are few: their parts are constants of
// the projections, their sizes powers of two.
var texts sync.Map

func textOf(s shape) string {
	if text, ok := texts.Load(s); ok {
		return text.(string)
	}
	text, _ := texts.LoadOrStore(s, s.write())
	return text.(string)
}

func (s shape) write() string {
	var sql strings.Builder
	sql.WriteString(s.head)
	used := 0
	for i := range s.rows {
		if i > 0 {
			sql.WriteString(", ")
		}
		used = writeRow(&sql, s.row, used)
	}
	sql.WriteString(s.tail)
	return sql.String()
}

// writeRow numbers the parameters of a row behind those used before it, and
// returns how many are used then.
func writeRow(sql *strings.Builder, row string, used int) int {
	for part := range strings.SplitAfterSeq(row, "?") {
		text, isParameter := strings.CutSuffix(part, "?")
		sql.WriteString(text)
		if isParameter {
			used++
			sql.WriteByte('$')
			sql.WriteString(strconv.Itoa(used))
		}
	}
	return used
}

// Micros returns a time as it is stored: microseconds since the Unix epoch.
func Micros(t interface{ UnixMicro() int64 }) int64 { return t.UnixMicro() }
