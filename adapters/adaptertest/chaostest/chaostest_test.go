package chaostest_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"parley/adapters/adaptertest/chaostest"
)

func TestReport_keeps_one_row_for_each_suite(t *testing.T) {
	path := filepath.Join(t.TempDir(), "chaos.md")
	t.Setenv("PARLEY_CHAOS_REPORT", path)
	chaostest.Report(t, "R2", "power loss", "first")
	chaostest.Report(t, "R1", "kills", "other")
	chaostest.Report(t, "R2", "power loss", "second")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	got := string(text)
	if strings.Count(got, "power loss") != 1 || !strings.Contains(got, "| R2 | power loss | second | ") || strings.Index(got, "| R1 |") > strings.Index(got, "| R2 |") {
		t.Errorf("the table is\n%s", got)
	}
}

func TestCycles_are_few_in_the_short_form(t *testing.T) {
	t.Setenv("PARLEY_CHAOS", "")
	if got := chaostest.Cycles(2, 300); got != 2 {
		t.Errorf("%d cycles, want 2", got)
	}
	t.Setenv("PARLEY_CHAOS", "1")
	if got := chaostest.Cycles(2, 300); got != 300 {
		t.Errorf("%d cycles, want 300", got)
	}
}
