// Package chaostest is what the reliability suites share: how long they run, in
// 'make test' or in 'make chaos', and where they write down what they saw.
package chaostest

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// longVariable asks for the long form, reportVariable names the file of results.
const (
	longVariable   = "PARLEY_CHAOS"
	reportVariable = "PARLEY_CHAOS_REPORT"
)

// Long reports whether the suites run in their long form ('make chaos').
func Long() bool { return os.Getenv(longVariable) != "" }

// Cycles returns how often a suite repeats its fault: short in 'make test',
// long in 'make chaos'.
func Cycles(short, long int) int {
	if Long() {
		return long
	}
	return short
}

var reporting sync.Mutex

// Report enters a suite's result into the table that 'make chaos' keeps, in
// place of the one of its last run; id is that of the bar ("R1"), what names the
// suite, result says how many cycles there were and what was seen. It does
// nothing in 'make test' or when the test has failed. Packages that report must
// not run at the same time.
func Report(t testing.TB, id, what, result string) {
	t.Helper()
	path := os.Getenv(reportVariable)
	if path == "" || t.Failed() {
		return
	}
	reporting.Lock()
	defer reporting.Unlock()
	if err := enter(path, fmt.Sprintf("| %s | %s | ", id, what), result); err != nil {
		t.Errorf("enter result: %v", err)
	}
}

const header = `# Faults, and what was seen

Written by ` + "`make chaos`" + `: each suite enters its row when it has passed. Times are as measured, on a machine
that may have had other work to do. The short forms run in ` + "`make test`" + `.

| bar | suite | last result | on |
|---|---|---|---|
`

// enter replaces the row that begins with the key, or adds it.
func enter(path, key, result string) error {
	old, err := os.ReadFile(path)
	if err != nil && !os.IsNotExist(err) {
		return err
	}
	rows := []string{key + result + " | " + time.Now().UTC().Format(time.DateOnly) + " |"}
	for line := range strings.Lines(string(old)) {
		row := strings.TrimSuffix(line, "\n")
		isResult := strings.HasPrefix(row, "| ") && !strings.HasPrefix(row, "| bar ")
		if isResult && !strings.HasPrefix(row, key) {
			rows = append(rows, row)
		}
	}
	slices.Sort(rows)
	return os.WriteFile(path, []byte(header+strings.Join(rows, "\n")+"\n"), 0o644)
}
