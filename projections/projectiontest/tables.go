package projectiontest

import (
	"cmp"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"parley/domain/sqldb"
	"parley/projections"
)

var update = flag.Bool("update", false, "write the golden files instead of comparing with them")

// Tables holds the rows of each table of a projection.
type Tables map[string]Table

// Table is a table's columns and its rows, ordered by all columns; NULL stands
// for null, and text is quoted only where it would be mistaken.
type Table struct {
	Columns []string
	Rows    [][]string
}

// Select returns the wanted columns ("a, b") of each row of a table, joined by
// |, in the table's order.
func (t Tables) Select(table, columns string) []string {
	wanted := strings.Split(columns, ",")
	out := make([]string, len(t[table].Rows))
	for i, row := range t[table].Rows {
		values := make([]string, len(wanted))
		for j, name := range wanted {
			values[j] = fmt.Sprintf("no column %s", name)
			if at := slices.Index(t[table].Columns, strings.TrimSpace(name)); at >= 0 {
				values[j] = row[at]
			}
		}
		out[i] = strings.Join(values, "|")
	}
	return out
}

// String returns all tables as text, one row a line.
func (t Tables) String() string {
	var out strings.Builder
	for _, name := range slices.Sorted(maps.Keys(t)) {
		fmt.Fprintf(&out, "%s: %s\n", name, strings.Join(t[name].Columns, " | "))
		for _, row := range t[name].Rows {
			fmt.Fprintf(&out, "  %s\n", strings.Join(row, " | "))
		}
	}
	return out.String()
}

// Golden compares the tables with testdata/<test>.golden, or writes that file
// when the tests run with -update.
func (t Tables) Golden(tb testing.TB) {
	tb.Helper()
	path := filepath.Join("testdata", strings.ReplaceAll(tb.Name(), "/", "_")+".golden")
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			tb.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(t.String()), 0o644); err != nil {
			tb.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		tb.Fatalf("read golden file (run with -update to write it): %v", err)
	}
	if diff := gocmp.Diff(string(want), t.String()); diff != "" {
		tb.Errorf("rows differ from %s (-want +got):\n%s", path, diff)
	}
}

var (
	tableHead  = regexp.MustCompile(`(?is)create\s+table\s+(?:if\s+not\s+exists\s+)?[a-z_0-9]+\.([a-z_0-9]+)\s*\((.*?)\)\s*;`)
	columnHead = regexp.MustCompile(`(?is)(?:^|,)\s*([a-z_][a-z_0-9]*)\s+(bigint|boolean|double\s+precision|text)\b`)
	comment    = regexp.MustCompile(`(?m)--.*$`)
)

// Read returns the rows of a projection, as its DDL names tables and columns.
func Read(tb testing.TB, db sqldb.DB, p projections.Projection) Tables {
	tb.Helper()
	tables := Tables{}
	for _, head := range tableHead.FindAllStringSubmatch(comment.ReplaceAllString(p.Schema, ""), -1) {
		var columns, types []string
		for _, column := range columnHead.FindAllStringSubmatch(head[2], -1) {
			columns = append(columns, column[1])
			types = append(types, strings.ToLower(column[2]))
		}
		tables[head[1]] = Table{Columns: columns, Rows: rows(tb, db, p.Name+"."+head[1], columns, types)}
	}
	return tables
}

func rows(tb testing.TB, db sqldb.DB, table string, columns, types []string) [][]string {
	tb.Helper()
	list := strings.Join(columns, ", ")
	var out [][]string
	for row, err := range db.Query(tb.Context(), "select "+list+" from "+table) {
		if err != nil {
			tb.Fatalf("read %s: %v", table, err)
		}
		cells := make([]cell, len(columns))
		dest := make([]any, len(columns))
		for i, kind := range types {
			dest[i] = cells[i].destination(kind)
		}
		if err := row.Scan(dest...); err != nil {
			tb.Fatalf("scan %s: %v", table, err)
		}
		values := make([]string, len(columns))
		for i := range cells {
			values[i] = cells[i].String()
		}
		out = append(out, values)
	}
	slices.SortFunc(out, func(a, b []string) int { return slices.CompareFunc(a, b, compareCells) })
	return out
}

// compareCells orders numbers by value and everything else by bytes; databases
// themselves differ in where nulls go.
func compareCells(a, b string) int {
	x, errX := strconv.ParseInt(a, 10, 64)
	y, errY := strconv.ParseInt(b, 10, 64)
	if errX == nil && errY == nil {
		return cmp.Compare(x, y)
	}
	return cmp.Compare(a, b)
}

// cell reads a column of any type that a schema may use.
type cell struct {
	text    *string
	number  *int64
	boolean *bool
	float   *float64
}

func (c *cell) destination(kind string) any {
	switch kind {
	case "bigint":
		return &c.number
	case "boolean":
		return &c.boolean
	case "text":
		return &c.text
	default:
		return &c.float
	}
}

// String returns the value, text quoted where it could be taken for something
// else.
func (c *cell) String() string {
	switch {
	case c.number != nil:
		return strconv.FormatInt(*c.number, 10)
	case c.boolean != nil:
		return strconv.FormatBool(*c.boolean)
	case c.float != nil:
		return strconv.FormatFloat(*c.float, 'g', -1, 64)
	case c.text == nil:
		return "NULL"
	case *c.text == "" || *c.text == "NULL" || strings.ContainsAny(*c.text, "|\n\t\"\\"):
		return strconv.Quote(*c.text)
	default:
		return *c.text
	}
}
