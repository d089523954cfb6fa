package eventnode_test

import (
	"database/sql"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"iter"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"parley/adapters/adaptertest/disktest"
	"parley/adapters/eventnode"
	"parley/domain/eventlog"
)

// others appends n events of others, to one stream.
func others(t testing.TB, node *eventnode.Node, stream string, n int) {
	t.Helper()
	for written := 0; written < n; {
		size := min(1000, n-written)
		mustAppend(t, node, stream, eventlog.Revision(written-1), newEvents(size)...)
		written += size
	}
}

// shared is the closed log of a store that others use more than the product: the
// product's events, one after the other, with so many of others in front of,
// between and behind each of them. It returns the places of the product's.
func shared(t testing.TB, dir string, own, between int) (at []eventlog.Position) {
	t.Helper()
	node := openNode(t, eventnode.Config{Dir: dir, FirstPosition: 1000, Stride: 7, ScrubBytesPerSecond: -1})
	for i := range own {
		others(t, node, fmt.Sprintf("other-%d", i), between)
		at = append(at, mustAppend(t, node, fmt.Sprintf("parley_%d", i), eventlog.NoStream, newEvents(1)...).Position)
	}
	others(t, node, "other-last", between)
	if err := node.Close(); err != nil {
		t.Fatal(err)
	}
	return at
}

// quiet opens a log without the background check, which reads on its own.
func quiet(t testing.TB, dir string) *eventnode.Node {
	t.Helper()
	return openNode(t, eventnode.Config{Dir: dir, ScrubBytesPerSecond: -1})
}

// search reads and follows the product's events from a position on, demands that
// they are at these places, and returns how many events had to be read for it.
func search(t testing.TB, node *eventnode.Node, after eventlog.Position, want []eventlog.Position) (reading, following int64) {
	t.Helper()
	before := node.Health().Read
	if diff := cmp.Diff(want, placesOf(t, node.ReadAll(t.Context(), after, "parley_", 0))); diff != "" {
		t.Errorf("read from %d (-want +got):\n%s", after, diff)
	}
	between := node.Health().Read
	sub, err := node.Follow(t.Context(), after, "parley_")
	if err != nil {
		t.Fatal(err)
	}
	defer sub.Close()
	var got []eventlog.Position
	for live := false; !live; {
		batch, err := sub.Next(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range batch.Events {
			got = append(got, e.Position)
		}
		if live = batch.Live; live && batch.Position != node.Head() {
			t.Errorf("it is live at %d, the end is %d", batch.Position, node.Head())
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("followed from %d (-want +got):\n%s", after, diff)
	}
	return between - before, node.Health().Read - between
}

func placesOf(t testing.TB, events iter.Seq2[eventlog.Recorded, error]) (at []eventlog.Position) {
	t.Helper()
	for e, err := range events {
		if err != nil {
			t.Fatal(err)
		}
		at = append(at, e.Position)
	}
	return at
}

// few is how many events of others may be read for one of the product's, and at
// the end: what is not yet worth noting.
const few = 32

func TestSearch_reads_hardly_any_event_of_others(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ own, between int }{{3, 20_000}, {200, 100}, {40, 33}} {
		dir := t.TempDir()
		at := shared(t, dir, c.own, c.between)
		node := quiet(t, dir)
		for from, after := range map[int]eventlog.Position{0: eventlog.Start, 1: at[0], c.own - 1: at[c.own-2], c.own: at[c.own-1]} {
			want, most := append([]eventlog.Position(nil), at[from:]...), int64((c.own-from+1)*(few+1))
			if reading, following := search(t, node, after, want); reading > most || following > most {
				t.Errorf("%d events among %d each: %d and %d were read, want at most %d", c.own-from, c.between, reading, following, most)
			}
		}
		first := node.Health().Read
		for e, err := range node.ReadAll(t.Context(), eventlog.Start, "parley_", 1) {
			if err != nil || e.Position != at[0] {
				t.Errorf("the first event is at %d, %v, want %d", e.Position, err, at[0])
			}
		}
		if read := node.Health().Read - first; read > few {
			t.Errorf("%d events were read for the first one", read)
		}
	}
}

func TestSearch_for_what_describes_the_product_reads_hardly_any_event_of_others(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	shared(t, dir, 1, 5000)
	node := quiet(t, dir)
	setMetadata(t, node, "parley_0", `{"$tb":1}`)
	before := node.Health().Read
	if got := placesOf(t, node.ReadAll(t.Context(), eventlog.Start, "$$parley_", 0)); len(got) != 1 || got[0] != node.Head() {
		t.Errorf("found at %v, want %d", got, node.Head())
	}
	if read := node.Health().Read - before; read > 3*(few+1) {
		t.Errorf("%d events were read", read)
	}
}

// Whoever wants more than the product's events gets all, runs or not.
func TestReadAll_without_the_prefix_of_the_product_passes_over_nothing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	shared(t, dir, 3, 200)
	node := quiet(t, dir)
	for prefix, want := range map[string]int{"": 803, "other-": 800, "other-1": 200, "parley": 3, "p": 3, "$": 0} {
		if got := placesOf(t, node.ReadAll(t.Context(), eventlog.Start, prefix, 0)); len(got) != want {
			t.Errorf("%q has %d events, want %d", prefix, len(got), want)
		}
	}
}

// Nine read models that others have left far behind.
func TestFollow_gets_through_what_others_wrote_at_once(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	at := shared(t, dir, 2, 30_000)
	node := quiet(t, dir)
	for range 9 {
		if _, following := search(t, node, at[1], nil); following > few {
			t.Errorf("%d events were read", following)
		}
	}
}

// wantNothingHidden demands that a search finds what a look at everything finds.
func wantNothingHidden(t *testing.T, node *eventnode.Node) {
	t.Helper()
	var want []eventlog.Position
	for e, err := range node.ReadAll(t.Context(), eventlog.Start, "", 0) {
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(e.Stream, "parley_") {
			want = append(want, e.Position)
		}
	}
	search(t, node, eventlog.Start, want)
	report, err := node.Verify(t.Context(), nil)
	if err != nil || len(report.Findings) > 0 {
		t.Errorf("%v, %v", report.Findings, err)
	}
}

// Appends of the product and of others fail at every other write and sync, and are
// sent again, until the log has been closed.
func TestRuns_hide_nothing_when_commits_fail(t *testing.T) {
	t.Parallel()
	f := newFaulty(t, 3)
	refused := 0
	for i := range 60 {
		name := []string{"other-%d", "other-%d", "parley_%d"}[i%3]
		events, left := newEvents(10+i), i%6
		f.disk.Fail(func(op disktest.Op) disktest.Fault {
			if op.Kind != disktest.Sync && op.Kind != disktest.Write {
				return disktest.None
			}
			if left--; left == 0 {
				return disktest.IOError
			}
			return disktest.None
		})
		for _, err := f.node.Append(t.Context(), fmt.Sprintf(name, i), eventlog.NoStream, events); err != nil; refused++ {
			f.disk.Fail(nil)
			awaitRetry(t)
			_, err = f.node.Append(t.Context(), fmt.Sprintf(name, i), eventlog.NoStream, events)
		}
		f.disk.Fail(nil)
	}
	if refused < 20 {
		t.Errorf("only %d appends were refused", refused)
	}
	wantNothingHidden(t, f.node)
	wantNothingHidden(t, reopen(t, f.node, f.dir))
}

// Positions that were given up are written again, and a run that was noted of the
// former events says nothing of the new ones.
func TestRuns_hide_nothing_when_the_end_of_a_log_was_given_up(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	shared(t, dir, 1, 300) // 1000 to 3093, 3100, 3107 to 5200
	execute(t, dir, "delete from events where position > 4500")
	if report, err := eventnode.RenewWitness(t.Context(), dir, nil); err != nil || len(report.Findings) > 0 {
		t.Fatalf("%v, %v", report.Findings, err)
	}
	node := quiet(t, dir)
	mustAppend(t, node, "parley_new", eventlog.NoStream, newEvents(300)...)
	wantNothingHidden(t, node)
}

// A run is worth nothing once a bit of it has changed.
func TestRuns_that_changed_on_disk_hide_nothing(t *testing.T) {
	t.Parallel()
	for _, change := range []string{
		"last = last + 7", "last = last + 70", "first = first - 7", "checksum = checksum + 1", "last = last + 8", "last = 9000000",
	} {
		dir := t.TempDir()
		shared(t, dir, 1, 300)
		tamper(t, dir, "update runs set "+change+" where first = (select min(first) from runs)")
		wantNothingHidden(t, quiet(t, dir))
	}
}

// What should never be is found by a check.
func TestVerify_names_an_event_that_a_run_hides(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	at := shared(t, dir, 1, 300)
	first, last := uint64(2000), uint64(at[0])
	sum := binary.LittleEndian.AppendUint64(binary.LittleEndian.AppendUint64(nil, first), last)
	closeAfter(t, eventnode.Config{Dir: dir, ScrubBytesPerSecond: -1}, func(node *eventnode.Node) {
		e, err := node.At(t.Context(), at[0])
		if sum = append(sum, e.ID[:]...); err != nil {
			t.Error(err)
		}
	})
	tamper(t, dir, "insert into runs values (?, ?, ?)", first, last, crc32.Checksum(sum, crc32.MakeTable(crc32.Castagnoli)))
	report, err := eventnode.Verify(t.Context(), dir, nil)
	if err != nil || len(report.Findings) != 1 || report.Findings[0].Position != at[0] {
		t.Errorf("%v, %v, want %d", report.Findings, err, at[0])
	}
}

func TestRuns_outlive_scavenging(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	at := shared(t, dir, 3, 500)
	node := quiet(t, dir)
	for i := range 3 {
		setMetadata(t, node, fmt.Sprintf("other-%d", i), `{"$maxCount":1}`)
	}
	if sum, err := node.Scavenge(t.Context(), nil); err != nil || sum.Events < 3*499 {
		t.Fatalf("scavenged %+v, %v", sum, err)
	}
	if reading, _ := search(t, node, eventlog.Start, at); reading > 5*(few+1) {
		t.Errorf("%d events were read", reading)
	}
	if report, err := node.Verify(t.Context(), nil); err != nil || len(report.Findings) > 0 {
		t.Errorf("%v, %v", report.Findings, err)
	}
}

func TestRuns_are_made_for_a_backup_too(t *testing.T) {
	t.Parallel()
	dir, to, back := t.TempDir(), t.TempDir(), t.TempDir()
	at := shared(t, dir, 5, 900)
	if _, err := quiet(t, dir).Backup(t.Context(), to, nil); err != nil {
		t.Fatal(err)
	}
	if _, err := eventnode.Restore(t.Context(), to, back, nil); err != nil {
		t.Fatal(err)
	}
	if reading, _ := search(t, quiet(t, back), eventlog.Start, at); reading > 6*(few+1) {
		t.Errorf("%d events were read", reading)
	}
	if has, had := noted(t, back), noted(t, dir); has > had {
		t.Errorf("the copy has %d runs for %d", has, had)
	}
}

// noted returns how many runs a log has.
func noted(t *testing.T, dir string) (n int) {
	t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(dir, "events.db")+"?mode=ro")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.QueryRow("select count(*) from runs").Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// What an older program wrote has no runs, nor a table for them.
func TestOpen_takes_a_log_without_runs_and_the_background_check_notes_them(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	at := shared(t, dir, 40, 300)
	execute(t, dir, "drop table runs")
	if report, err := eventnode.Verify(t.Context(), dir, nil); err != nil || len(report.Findings) > 0 {
		t.Fatalf("%v, %v", report.Findings, err)
	}
	closeAfter(t, eventnode.Config{Dir: dir, ScrubBytesPerSecond: -1}, func(node *eventnode.Node) {
		if reading, following := search(t, node, eventlog.Start, at); reading != 41*300+40 || following != reading {
			t.Errorf("%d and %d events were read", reading, following)
		}
	})
	closeAfter(t, eventnode.Config{Dir: dir, ScrubBytesPerSecond: 1 << 30}, func(node *eventnode.Node) { awaitRound(t, node) })
	if reading, _ := search(t, quiet(t, dir), eventlog.Start, at); reading > 41*(few+1) {
		t.Errorf("%d events were read", reading)
	}
}

// execute changes the closed log's file behind the node's back, whatever it changes.
func execute(t *testing.T, dir, statement string) {
	t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(dir, "events.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(statement); err != nil {
		t.Fatal(err)
	}
}

func awaitRound(t *testing.T, node *eventnode.Node) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); node.Health().Rounds == 0; {
		if time.Now().After(deadline) {
			t.Fatal("it has not been through")
		}
		awaitRetry(t)
	}
}
