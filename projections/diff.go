package projections

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"parley/domain/eventlog"
	"parley/domain/sqldb"
)

// Comparison is what differs between two generations of a projection, as one
// snapshot of the database shows both.
type Comparison struct {
	// Left and Right are the positions of the two. Only where they are equal
	// does a difference mean that rows are wrong.
	Left, Right eventlog.Position
	// Tables holds the tables that differ.
	Tables []Difference
}

// Difference counts the rows of a table that only one generation has; a row
// with another value counts on both sides. Tables compare as sets of rows.
type Difference struct {
	Table               string
	OnlyLeft, OnlyRight int64
}

// Diff compares two schemas that were created by the same version of a
// projection, row by row in both directions. The kernel's own tables are left
// out.
func Diff(ctx context.Context, db sqldb.DB, left, right string) (Comparison, error) {
	tables, err := db.Tables(ctx, left)
	if err != nil {
		return Comparison{}, fmt.Errorf("list tables of %s: %w", left, err)
	}
	tables = slices.DeleteFunc(tables, func(name string) bool { return name == "checkpoint" || name == "parked" })
	c, err := compare(ctx, db, diffQuery(left, right, tables))
	if err != nil {
		return Comparison{}, fmt.Errorf("compare %s with %s: %w", left, right, err)
	}
	return c, nil
}

// diffQuery is one statement, so that it sees one snapshot. Its first row holds
// the positions.
func diffQuery(left, right string, tables []string) string {
	var sql strings.Builder
	fmt.Fprintf(&sql, "select '' as name, l.position as a, r.position as b from %s.checkpoint l, %s.checkpoint r", left, right)
	for _, table := range tables {
		l, r := left+"."+table, right+"."+table
		fmt.Fprintf(&sql, "\nunion all select '%s', (select count(*) from (select * from %s except select * from %s) d)", table, l, r)
		fmt.Fprintf(&sql, ", (select count(*) from (select * from %s except select * from %s) d)", r, l)
	}
	return sql.String()
}

func compare(ctx context.Context, db sqldb.DB, query string) (c Comparison, err error) {
	for row, err := range db.Query(ctx, query) {
		if err != nil {
			return c, err
		}
		var table string
		var left, right int64
		if err := row.Scan(&table, &left, &right); err != nil {
			return c, err
		}
		switch {
		case table == "":
			c.Left, c.Right = eventlog.Position(left), eventlog.Position(right)
		case left != 0 || right != 0:
			c.Tables = append(c.Tables, Difference{Table: table, OnlyLeft: left, OnlyRight: right})
		}
	}
	return c, nil
}
