package eventnode_test

import (
	"database/sql"
	"errors"
	"iter"
	"math"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/uuid"

	"parley/adapters/eventnode"
	"parley/domain/eventlog"
)

// seeded returns a folder with a closed log of n events, ten a stream, at
// positions 100, 103, 106 …
func seeded(t *testing.T, n int) string {
	t.Helper()
	dir := t.TempDir()
	node, err := eventnode.Open(eventnode.Config{Dir: dir, FirstPosition: 100, Stride: 3})
	if err != nil {
		t.Fatal(err)
	}
	for i := range n / 10 {
		mustAppend(t, node, "parley_seeded-"+string(rune('a'+i)), eventlog.NoStream, newEvents(10)...)
	}
	if err := node.Close(); err != nil {
		t.Fatal(err)
	}
	return dir
}

// tamper changes the closed log's file behind the node's back.
func tamper(t *testing.T, dir, statement string, args ...any) {
	t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(dir, "events.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	result, err := db.Exec(statement, args...)
	if err != nil {
		t.Fatal(err)
	}
	if rows, _ := result.RowsAffected(); rows != 1 && !strings.HasPrefix(statement, "pragma") {
		t.Fatalf("%d rows were changed, want 1", rows)
	}
}

func newEvents(n int) []eventlog.NewEvent {
	events := make([]eventlog.NewEvent, n)
	for i := range events {
		events[i] = eventlog.NewEvent{ID: uuid.New(), Type: "test.happened.v1", Data: []byte(`{"a":1}`), Metadata: []byte(`{}`)}
	}
	return events
}

func mustAppend(t testing.TB, node *eventnode.Node, stream string, expected eventlog.Revision, events ...eventlog.NewEvent) eventlog.Appended {
	t.Helper()
	appended, err := node.Append(t.Context(), stream, expected, events)
	if err != nil {
		t.Fatal(err)
	}
	return appended
}

func TestNode_names_the_position_of_damage(t *testing.T) {
	t.Parallel()
	for name, statement := range map[string]string{
		"changed data":      "update events set data = cast('{\"a\":2}' as blob) where position = 145",
		"changed metadata":  "update events set metadata = x'5b5d' where position = 145",
		"another type":      "update events set type = 'test.happened.v2' where position = 145",
		"another id":        "update events set id = randomblob(16) where position = 145",
		"another time":      "update events set recorded_at = recorded_at + 1 where position = 145",
		"another stream":    "update events set stream = 99 where position = 145",
		"another revision":  "update events set revision = 77 where position = 145",
		"a missing row":     "delete from events where position = 145",
		"another position":  "update events set position = 144 where position = 145",
		"binary, not JSON":  "update events set is_binary = 1 where position = 145",
		"a shortened id":    "update events set id = x'00' where position = 145",
		"another checksum":  "update events set checksum = checksum + 1 where position = 145",
		"a renamed stream":  "update streams set name = 'parley_other' where id = 2 and (select count(*) from events where position = 145 and stream = 2) = 1",
		"an emptied column": "update events set data = null where position = 145",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := seeded(t, 40)
			tamper(t, dir, statement)
			node := openNode(t, eventnode.Config{Dir: dir})
			first, last := eventlog.Position(145), eventlog.Position(145)
			if name == "a renamed stream" {
				first, last = 130, 157 // all its events
			}
			wantDamage(t, node, first, last)
		})
	}
}

// wantDamage demands that reading and following hand out all before the
// position, nothing from it on, and an error that names it; reading backwards
// the same from the other side.
func wantDamage(t *testing.T, node *eventnode.Node, at, back eventlog.Position) {
	t.Helper()
	last, failed := eventlog.Start, error(nil)
	for e, err := range node.ReadAll(t.Context(), eventlog.Start, "", 0) {
		if failed = err; err == nil {
			last = e.Position
		}
	}
	wantDamagedAt(t, failed, at)
	if last != at-3 {
		t.Errorf("reading ended at %d, want %d", last, at-3)
	}
	failed = nil
	for e, err := range node.AllBackwards(t.Context(), math.MaxUint64) {
		if failed = err; err == nil {
			last = e.Position
		}
	}
	wantDamagedAt(t, failed, back)
	if last != back+3 {
		t.Errorf("reading backwards ended at %d, want %d", last, back+3)
	}
	sub, err := node.Follow(t.Context(), eventlog.Start, "")
	if err != nil {
		t.Fatal(err)
	}
	defer sub.Close()
	last = eventlog.Start
	for failed = nil; failed == nil; {
		var batch eventlog.Batch
		if batch, failed = sub.Next(t.Context()); failed == nil {
			last = batch.Position
		}
	}
	wantDamagedAt(t, failed, at)
	if last != at-3 {
		t.Errorf("following ended at %d, want %d", last, at-3)
	}
}

func wantDamagedAt(t *testing.T, err error, at eventlog.Position) {
	t.Helper()
	damage, ok := errors.AsType[*eventlog.DamagedError](err)
	if !ok || damage.Position != at {
		t.Errorf("got %v, want damage at %d", err, at)
	}
}

func TestNode_names_damage_when_it_reads_a_stream(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		statement      string
		from, to       eventlog.Revision // of the reads forwards and backwards
		at             eventlog.Position
		before, behind int // whole events on either side of it
	}{
		"changed":                   {"update events set data = x'7b7d' where position = 145", 0, 9, 145, 5, 4},
		"not a stamp":               {"update events set checksum = -1 where position = 145", 0, 9, 145, 5, 4},
		"missing":                   {"delete from events where position = 142", 0, 9, 142, 4, 5},
		"missing where reads begin": {"delete from events where position = 142", 4, 4, 142, 0, 0},
		"missing first":             {"delete from events where position = 130", 0, 9, 130, 0, 9},
		"missing beside others":     {"delete from events where position = 142", 3, 5, 142, 1, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := seeded(t, 40)
			tamper(t, dir, c.statement)
			node := openNode(t, eventnode.Config{Dir: dir})
			whole, err := countWhole(node.Stream(t.Context(), "parley_seeded-b", c.from, 0))
			if wantDamagedAt(t, err, c.at); whole != c.before {
				t.Errorf("%d events were read, want %d", whole, c.before)
			}
			whole, err = countWhole(node.StreamBackwards(t.Context(), "parley_seeded-b", c.to, 0))
			if wantDamagedAt(t, err, c.at); whole != c.behind {
				t.Errorf("%d events were read backwards, want %d", whole, c.behind)
			}
		})
	}
}

// A page that leads to events has no position of its own.
func TestNode_says_that_what_leads_to_a_stream_is_damaged(t *testing.T) {
	t.Parallel()
	dir := seeded(t, 40)
	files := contents(t, dir)
	file := files["events.db"]
	for _, page := range indexPages(file) {
		file[page*4096] = 0x77 // no kind of page
	}
	node := openNode(t, eventnode.Config{Dir: write(t, files), ScrubBytesPerSecond: -1})
	_, err := countWhole(node.Stream(t.Context(), "parley_seeded-b", 0, 0))
	if wantDamagedAt(t, err, eventlog.Start); err != nil && strings.Contains(err.Error(), "position") {
		t.Errorf("%v names a position that nobody knows", err)
	}
}

func countWhole(records iter.Seq2[eventnode.Record, error]) (n int, failed error) {
	for _, err := range records {
		if err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

func TestOpen_refuses_a_damaged_last_event(t *testing.T) {
	t.Parallel()
	dir := seeded(t, 10)
	tamper(t, dir, "update events set data = x'7b7d' where position = 127")
	_, err := eventnode.Open(eventnode.Config{Dir: dir})
	wantDamagedAt(t, err, 127)
}

func TestOpen_refuses_a_file_of_a_newer_version(t *testing.T) {
	t.Parallel()
	dir := seeded(t, 10)
	tamper(t, dir, "pragma user_version = 3")
	if _, err := eventnode.Open(eventnode.Config{Dir: dir}); err == nil || !strings.Contains(err.Error(), "use a newer one") {
		t.Errorf("got %v", err)
	}
}
