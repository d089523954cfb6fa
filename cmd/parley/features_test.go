package main_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// allRows returns the numbers of the rows that docs/features.md must have.
func allRows() (all []string) {
	for _, section := range []struct{ number, rows int }{{1, 16}, {2, 9}, {3, 5}, {5, 2}} {
		for row := range section.rows {
			all = append(all, fmt.Sprintf("%d.%d", section.number, row+1))
		}
	}
	return all
}

// feature is a line of docs/features.md.
type feature struct {
	row, sign, what  string
	endpoints, tests []string
}

// inBackticks is what stands in backticks.
var inBackticks = regexp.MustCompile("`([^`]+)`")

// features reads the table of docs/features.md.
func features(t *testing.T) (table []feature) {
	t.Helper()
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "features.md"))
	if err != nil {
		t.Fatal(err)
	}
	quoted := func(cell string) (all []string) {
		for _, found := range inBackticks.FindAllStringSubmatch(cell, -1) {
			all = append(all, found[1])
		}
		return all
	}
	for line := range strings.Lines(string(page)) {
		cells := strings.Split(strings.TrimSpace(line), "|")
		if len(cells) != 7 || strings.HasPrefix(line, "| row |") || strings.HasPrefix(line, "|---") {
			continue
		}
		table = append(table, feature{
			strings.TrimSpace(cells[1]), strings.TrimSpace(cells[2]), strings.TrimSpace(cells[3]), quoted(cells[4]), quoted(cells[5]),
		})
	}
	return table
}

func TestFeatures_are_all_there_and_shown(t *testing.T) {
	t.Parallel()
	table := features(t)
	var rows []string
	for _, f := range table {
		rows = append(rows, f.row)
		if !slices.Contains([]string{"R", "+", "R+"}, f.sign) || f.what == "" {
			t.Errorf("row %s has the sign %q and says %q", f.row, f.sign, f.what)
		}
	}
	if want := allRows(); !slices.Equal(rows, want) {
		t.Fatalf("the rows are %q, want %q", rows, want)
	}
	served, written := servedOperations(t), writtenTests(t)
	for _, f := range table {
		f.namesWhatIsThere(t, served, written)
		if !f.isWhole() {
			t.Errorf("row %s has no endpoint, or no test of its own: %+v", f.row, f)
		}
	}
	everyRowTestStandsInItsLine(t, table, written)
}

// namesWhatIsThere reports what the line names and nobody serves or wrote.
func (f feature) namesWhatIsThere(t *testing.T, served, written map[string]bool) {
	t.Helper()
	for _, e := range f.endpoints {
		if !served[e] {
			t.Errorf("row %s names the endpoint %q, which is not in the served document", f.row, e)
		}
	}
	for _, name := range f.tests {
		if !written[name] {
			t.Errorf("row %s names the test %s, which does not exist", f.row, name)
		}
	}
}

// prefix begins the names of the row's own tests.
func (f feature) prefix() string { return "TestRow_" + strings.ReplaceAll(f.row, ".", "_") + "_" }

// isWhole reports whether the line has an endpoint and a test of its own.
func (f feature) isWhole() bool {
	return len(f.endpoints) > 0 && slices.ContainsFunc(f.tests, func(name string) bool { return strings.HasPrefix(name, f.prefix()) })
}

func everyRowTestStandsInItsLine(t *testing.T, table []feature, written map[string]bool) {
	t.Helper()
	for name := range written {
		if !strings.HasPrefix(name, "TestRow_") {
			continue
		}
		stands := slices.ContainsFunc(table, func(f feature) bool {
			return strings.HasPrefix(name, f.prefix()) && slices.Contains(f.tests, name)
		})
		if !stands {
			t.Errorf("%s does not stand in the line of its row", name)
		}
	}
}

// servedOperations returns the operations of the served document, "GET /v1/me".
func servedOperations(t *testing.T) map[string]bool {
	t.Helper()
	served := map[string]bool{}
	document := serve(t, []string{"--data", t.TempDir()}).as(anAdmin).get("/openapi.json").want(http.StatusOK)
	for path, methods := range document.field("paths").(map[string]any) {
		for method := range methods.(map[string]any) {
			served[strings.ToUpper(method)+" "+path] = true
		}
	}
	return served
}

// writtenTests returns the names of all tests of the project.
func writtenTests(t *testing.T) map[string]bool {
	t.Helper()
	written := map[string]bool{}
	root := filepath.Join("..", "..")
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && path != root && strings.HasPrefix(d.Name(), "."):
			return filepath.SkipDir
		case !strings.HasSuffix(path, "_test.go"):
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		for _, declared := range file.Decls {
			if f, is := declared.(*ast.FuncDecl); is && f.Recv == nil && strings.HasPrefix(f.Name.Name, "Test") {
				written[f.Name.Name] = true
			}
		}
		return nil
	})
	if err != nil {
		t.Fatalf("read the tests: %v", err)
	}
	return written
}
