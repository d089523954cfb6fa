package eventnode_test

import (
	"bytes"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"parley/adapters/eventnode"
	"parley/domain/eventlog"
)

func positions(findings []eventnode.Finding) (at []eventlog.Position) {
	for _, f := range findings {
		at = append(at, f.Position)
	}
	return at
}

// damageThrice damages a log of 40 events, ten a stream, at 100, 103 … in three
// places.
func damageThrice(t *testing.T) (dir string, at []eventlog.Position) {
	t.Helper()
	dir = seeded(t, 40)
	tamper(t, dir, "update events set data = x'7b7d' where position = 112")
	tamper(t, dir, "delete from events where position = 145")
	tamper(t, dir, "update events set checksum = checksum + 1 where position = 217")
	return dir, []eventlog.Position{112, 145, 217}
}

func TestVerify_lists_all_damage_by_position(t *testing.T) {
	t.Parallel()
	dir, want := damageThrice(t)
	report, err := eventnode.Verify(t.Context(), dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	// The revision behind the missing one is said to be wrong as well.
	if diff := cmp.Diff([]eventlog.Position{112, 145, 148, 217}, positions(report.Findings)); diff != "" {
		t.Errorf("findings differ (-want +got):\n%s\n%v", diff, report.Findings)
	}
	if _, err := eventnode.Open(eventnode.Config{Dir: dir}); err == nil {
		t.Error("the last event is damaged and the log was opened")
	}
	tamper(t, dir, "update events set checksum = checksum - 1 where position = 217")
	node := openNode(t, eventnode.Config{Dir: dir, ScrubBytesPerSecond: -1})
	running, err := node.Verify(t.Context(), nil)
	if err != nil || len(positions(running.Findings)) != 3 {
		t.Errorf("running: %v, %v", running.Findings, err)
	}
	if len(node.Health().Damage) < len(want)-1 {
		t.Errorf("the node's health only knows %v", node.Health().Damage)
	}
}

func TestVerify_counts_a_whole_log(t *testing.T) {
	t.Parallel()
	dir, last := seeded(t, 700), eventlog.Position(0)
	report, err := eventnode.Verify(t.Context(), dir, func(done, total eventlog.Position) { last = done })
	if err != nil || len(report.Findings) > 0 || report.Events != 700 || report.Head != 100+699*3 || last != report.Head {
		t.Errorf("got %+v, %v, told %d", report, err, last)
	}
}

func TestVerify_refuses_a_log_in_use(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	openNode(t, eventnode.Config{Dir: dir})
	if _, err := eventnode.Verify(t.Context(), dir, nil); err == nil {
		t.Error("it was verified behind the node's back")
	}
}

func TestNode_checks_itself_in_the_background(t *testing.T) {
	t.Parallel()
	dir := seeded(t, 700)
	tamper(t, dir, "update events set data = x'7b7d' where position = 145")
	node := openNode(t, eventnode.Config{Dir: dir, ScrubBytesPerSecond: 1 << 30})
	for deadline := time.Now().Add(30 * time.Second); node.Health().Rounds == 0; {
		if time.Now().After(deadline) {
			t.Fatal("it has not been through")
		}
		awaitRetry(t)
	}
	h := node.Health()
	if diff := cmp.Diff([]eventlog.Position{145}, positions(h.Damage)); diff != "" || h.Scrubbed != node.Head() {
		t.Errorf("found %v up to %d", h.Damage, h.Scrubbed)
	}
}

// loseFromIndex makes the index of streams forget one event.
func loseFromIndex(t *testing.T, dir string, position int) {
	t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(dir, "events.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	for _, statement := range []string{
		"drop index events_of_stream",
		fmt.Sprintf("create unique index events_of_stream on events (stream, revision) where position <> %d", position),
		"pragma writable_schema = on",
		"update sqlite_schema set sql = 'create unique index events_of_stream on events (stream, revision)' where name = 'events_of_stream'",
	} {
		if _, err := db.Exec(statement); err != nil {
			t.Fatal(err)
		}
	}
}

// What an index has lost at the end of a stream no reader of the stream can miss.
func TestVerify_and_the_background_check_find_what_the_index_lost(t *testing.T) {
	t.Parallel()
	dir := seeded(t, 40)
	loseFromIndex(t, dir, 157) // the last of the second stream
	report, err := eventnode.Verify(t.Context(), dir, nil)
	if err != nil || len(report.Findings) == 0 || report.Findings[len(report.Findings)-1].Position != 157 {
		t.Errorf("found %v, %v", report.Findings, err)
	}
	node := openNode(t, eventnode.Config{Dir: dir, ScrubBytesPerSecond: 1 << 30})
	for deadline := time.Now().Add(30 * time.Second); node.Health().Rounds == 0; {
		if time.Now().After(deadline) {
			t.Fatal("it has not been through")
		}
		awaitRetry(t)
	}
	if diff := cmp.Diff([]eventlog.Position{157}, positions(node.Health().Damage)); diff != "" {
		t.Errorf("found %v", node.Health().Damage)
	}
}

// A stream whose name the index has lost would read as if there were none.
func TestVerify_finds_a_stream_whose_name_leads_nowhere(t *testing.T) {
	t.Parallel()
	dir := seeded(t, 40)
	files := contents(t, dir)
	main := files["events.db"]
	for _, page := range indexPages(main) {
		own := main[page*4096 : (page+1)*4096]
		if at := bytes.Index(own, []byte("parley_seeded-b")); at >= 0 {
			own[at+len("parley_seeded-b")-1] ^= 1 // now it is another's name
		}
	}
	report, err := eventnode.Verify(t.Context(), write(t, files), nil)
	if err != nil || len(report.Findings) < 10 || report.Findings[0].Position != 130 {
		t.Errorf("found %v, %v", report.Findings, err)
	}
}

func TestRenewWitness_gives_a_whole_log_a_witness_again(t *testing.T) {
	t.Parallel()
	dir := write(t, with(contents(t, seeded(t, 20)), "head", nil))
	if _, err := eventnode.Open(eventnode.Config{Dir: dir}); !errors.Is(err, eventnode.ErrNoWitness) {
		t.Fatalf("without a witness: %v", err)
	}
	report, err := eventnode.RenewWitness(t.Context(), dir, nil)
	if err != nil || len(report.Findings) > 0 {
		t.Fatalf("found %v, %v", report.Findings, err)
	}
	wantWhole(t, openNode(t, eventnode.Config{Dir: dir}))
}

func TestRenewWitness_refuses_a_damaged_log(t *testing.T) {
	t.Parallel()
	dir := seeded(t, 20)
	tamper(t, dir, "update events set data = x'7b7d' where position = 112")
	dir = write(t, with(contents(t, dir), "head", nil))
	report, err := eventnode.RenewWitness(t.Context(), dir, nil)
	if err != nil || len(report.Findings) != 1 {
		t.Errorf("found %v, %v", report.Findings, err)
	}
	if _, err := eventnode.Open(eventnode.Config{Dir: dir}); !errors.Is(err, eventnode.ErrNoWitness) {
		t.Errorf("it was given a witness: %v", err)
	}
}

// Close waits for no verification.
func TestClose_ends_a_verification(t *testing.T) {
	t.Parallel()
	node := openNode(t, eventnode.Config{Dir: seeded(t, 700), ScrubBytesPerSecond: -1})
	began, ended, once := make(chan struct{}), make(chan error, 1), sync.Once{}
	go func() {
		_, err := node.Verify(t.Context(), func(eventlog.Position, eventlog.Position) {
			once.Do(func() { close(began) })
		})
		ended <- err
	}()
	<-began
	if err := node.Close(); err != nil {
		t.Errorf("close: %v", err)
	}
	if err := <-ended; err != nil && !errors.Is(err, eventlog.ErrClosed) {
		t.Errorf("verification: %v", err)
	}
}
