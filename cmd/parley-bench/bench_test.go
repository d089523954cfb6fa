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
	if len(os.Args) > 1 && slices.Contains([]string{"ideal", "bare", "canned", "fill", "walk", "point"}, os.Args[1]) {
		main()
		return
	}
	os.Exit(m.Run())
}

// The figures of so short a run mean nothing: only that there are some is tested.
func TestRun_measures_everything_and_writes_the_page(t *testing.T) {
	t.Parallel()
	out := filepath.Join(t.TempDir(), "performance.md")
	run := runCommand{Out: out, Rounds: 1, For: 20 * time.Millisecond, Conversations: 20, Events: 1000, Messages: 1000, Streams: 40, Growth: 4000, Others: 1000, Big: 3000}
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
		"by one call of BatchAppend", "| 16 writers, 16 at a time, appends/s | ", "CALLS ",
		"IDEAL ", "PG ", "CLIENT ", "CANNED ", "| hint on a live stream, p99 | ",
		"## S5 · reading with many conversations, SQLite", "## S5 · reading with many conversations, PostgreSQL",
		"| `GET /v1/me/unread`, requests/s | ", "POINT ", "| `GET /v1/me/conversations` at 200/s, p99 | ",
		"## S6", "| a conversation of 400 messages, against one of 10 | ", "| a store of 4000 events, against 1000 | ",
		"| first post after a restart, long conversation | ", "| first post without a snapshot, long conversation | ",
		"## S8", "| hint on any stream, p99 | ", "| streams that ended or missed a message | 0 | ", "| resident memory, at most | ",
		"## S13 · a store that is shared, embedded", "## S13 · a store that is shared, over the wire",
		"| start until ready | ", "| `/v1/admin/projections`, 99th of a hundred | ",
		"## S11", "| 256 KiB, the dearest: ", "| a list of 50 | ",
		"## Catch-up · with all events, in process", "| SubscribeToAll, events/s | ",
		"## Delivery", "| acknowledged → received, p50 | ",
		"## Big · a store of 3000 events", "| opening, cold | ", "| memory while following all | ",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q:\n%s", want, page)
		}
	}
}

func TestPage_keeps_what_was_not_measured(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "performance.md")
	named := func(titles ...string) (sections []section) {
		for _, title := range titles {
			sections = append(sections, section{title: title, text: "## " + title + "\n\nfigures\n"})
		}
		return sections
	}
	for _, run := range []struct{ measured, page []string }{
		{[]string{"S1 · one", "S2 · a", "S2 · b", "Big · all"}, []string{"S1 · one", "S2 · a", "S2 · b", "Big · all"}},
		{[]string{"S4 · new", "S2 · c"}, []string{"S1 · one", "S2 · c", "S4 · new", "Big · all"}},
		{[]string{"Big · more"}, []string{"S1 · one", "S2 · c", "S4 · new", "Big · more"}},
	} {
		if err := writePage(path, named(run.measured...)); err != nil {
			t.Fatal(err)
		}
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if want := page(named(run.page...)); string(text) != want {
			t.Errorf("the page is\n%s\nwant\n%s", text, want)
		}
	}
}

func TestGrowth_is_that_of_the_second_half(t *testing.T) {
	t.Parallel()
	g := growth{}
	for i := range 100 {
		// The first half grows fast, the second by 3 bytes an event.
		g.Samples = append(g.Samples, sample{i, int64(1000*min(i, 50) + 3*i)})
	}
	if got := g.perMillion(); got != 3_000_000 {
		t.Errorf("growth = %d a million events, want 3000000", got)
	}
}

func TestWants_a_big_store_only_when_asked(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		run  runCommand
		want bool
	}{
		{runCommand{}, false},
		{runCommand{Big: 5}, true},
		{runCommand{Only: []string{"big"}}, true},
		{runCommand{Only: []string{"S1"}, Big: 5}, false},
	} {
		if got := (&lab{run: c.run}).wants(bigID); got != c.want {
			t.Errorf("%+v: wanted = %t, want %t", c.run, got, c.want)
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
