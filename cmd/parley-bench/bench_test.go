package main

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestMain makes the test binary the children that a run starts.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && slices.Contains([]string{"ideal", "bare", "node"}, os.Args[1]) {
		main()
		return
	}
	os.Exit(m.Run())
}

// The figures of so short a run mean nothing: only that there are some is tested.
func TestRun_measures_everything_and_writes_the_page(t *testing.T) {
	t.Parallel()
	out := filepath.Join(t.TempDir(), "performance.md")
	run := runCommand{Out: out, Rounds: 1, For: 20 * time.Millisecond, Conversations: 20}
	if err := run.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	page := string(text)
	for _, want := range []string{
		"## S1", "## S2", "## S4", "| 64 clients, posts/s | ", "| 64 writers, appends/s | ",
		"IDEAL ", "PG ", "CLIENT ", "| hint on a live stream, p99 | ",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q:\n%s", want, page)
		}
	}
}

func TestCompare_takes_the_ratio_round_by_round(t *testing.T) {
	t.Parallel()
	var t1 table
	t1.compare("speed", []lap{{rate: 10}, {rate: 90}, {rate: 300}}, []lap{{rate: 20}, {rate: 100}, {rate: 1000}}, "BASE", 0.5)
	got := t1.rows[0]
	if want := "0.50 (0.30–0.90)"; got.ratio != want {
		t.Errorf("ratio = %s, want %s", got.ratio, want)
	}
	if got.met != "yes" {
		t.Errorf("met = %s at the bar, want yes", got.met)
	}
}

func TestDrive_ends_with_the_first_failure(t *testing.T) {
	t.Parallel()
	failing := contender{name: "failing", open: func(int) (step, error) {
		return func(context.Context) error { return os.ErrInvalid }, nil
	}}
	if _, err := drive(t.Context(), failing, 4, time.Minute); err != os.ErrInvalid {
		t.Errorf("err = %v, want %v", err, os.ErrInvalid)
	}
}

func TestQuantile(t *testing.T) {
	t.Parallel()
	if got := quantile([]time.Duration{1, 2, 3, 4}, .99); got != 4 {
		t.Errorf("p99 = %d, want 4", got)
	}
	if got := quantile(nil, .5); got != 0 {
		t.Errorf("p50 of nothing = %d, want 0", got)
	}
}
