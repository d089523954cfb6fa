package commands_test

import (
	"context"
	"errors"
	"iter"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"parley/commands"
	"parley/domain/conversation"
	"parley/domain/eventlog"
)

// shelf keeps snapshots in memory.
type shelf struct {
	mu   sync.Mutex
	rows map[string]commands.Snapshot
	err  error // of the first load, or of all
	once bool
}

func newShelf() *shelf { return &shelf{rows: map[string]commands.Snapshot{}} }

func (s *shelf) use(d *commands.Deps) { d.Snapshots = s }

func (s *shelf) Load(_ context.Context, stream string) (commands.Snapshot, bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	row, ok := s.rows[stream]
	err := s.err
	if s.once {
		s.err = nil
	}
	return row, ok, err
}

func (s *shelf) Save(row commands.Snapshot) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rows[row.Stream] = row
}

// meter counts the events that are read.
type meter struct {
	eventlog.Log
	read atomic.Int64
}

func (m *meter) ReadStream(ctx context.Context, stream string, from eventlog.Revision, limit int) iter.Seq2[eventlog.Recorded, error] {
	return func(yield func(eventlog.Recorded, error) bool) {
		for r, err := range m.Log.ReadStream(ctx, stream, from, limit) {
			m.read.Add(1)
			if !yield(r, err) {
				return
			}
		}
	}
}

// longConversation writes a stream past a snapshot, with a key near its end.
func longConversation(t *testing.T, i *instance) (uuid.UUID, outcome) {
	t.Helper()
	id := i.started(t)
	for range 12 {
		i.must(t, id, request(), postMany(100))
	}
	return id, i.must(t, id, keyed("k", "f"), post("last"))
}

func postMany(count int) func(loaded) ([]event, error) {
	return func(l loaded) (events []event, err error) {
		for n := range count {
			events = append(events, conversation.MessageAdded{
				Number: l.State.MessageCount + n + 1, PublicNumber: l.State.PublicCount + n + 1,
				Body: "hello", From: admin.Person, Author: admin.Person, At: l.Now,
			})
		}
		return events, nil
	}
}

func TestSnapshot_shortens_a_cold_fold_and_changes_nothing(t *testing.T) {
	t.Parallel()
	log, rows := &meter{Log: openLog(t, t.TempDir())}, newShelf()
	id, last := longConversation(t, newInstance(t, log, rows.use))
	if len(rows.rows) != 1 {
		t.Fatalf("%d snapshots were saved", len(rows.rows))
	}
	log.read.Store(0)
	again := newInstance(t, log, rows.use).must(t, id, request(), start)
	if n := log.read.Load(); n > 600 {
		t.Fatalf("read %d events in spite of a snapshot", n)
	}
	if diff := cmp.Diff(last.State, again.State); diff != "" || again.Position != last.Position {
		t.Fatalf("states differ:\n%s", diff)
	}
}

func TestSnapshot_that_is_lost_or_wrong_is_harmless(t *testing.T) {
	t.Parallel()
	log, rows := openLog(t, t.TempDir()), newShelf()
	id, last := longConversation(t, newInstance(t, log, rows.use))
	stream := conversation.Stream(id)
	good := rows.rows[stream]
	for what, spoil := range map[string]func(*commands.Snapshot){
		"of another fold":         func(s *commands.Snapshot) { s.Fold++; s.State = []byte(`{"state":{"Name":"wrong"}}`) },
		"of another store":        func(s *commands.Snapshot) { s.Store = uuid.New(); s.State = []byte(`{"state":{"Name":"wrong"}}`) },
		"of another history":      func(s *commands.Snapshot) { s.Event = uuid.New(); s.State = []byte(`{"state":{"Name":"wrong"}}`) },
		"of a longer log":         func(s *commands.Snapshot) { s.Revision += 100_000 },
		"that does not decode":    func(s *commands.Snapshot) { s.State = []byte(`{"state":{"Name":"wrong"},"receipts":"AAAA"}`) },
		"that was cut":            func(s *commands.Snapshot) { s.State = s.State[:len(s.State)/2] },
		"that is gone":            func(s *commands.Snapshot) { s.Stream = "elsewhere" },
		"that fails to be loaded": func(*commands.Snapshot) {},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			row, spoiled := good, newShelf()
			spoil(&row)
			spoiled.rows[row.Stream] = row
			if what == "that fails to be loaded" {
				spoiled.err = errors.New("database is down")
			}
			i := newInstance(t, log, spoiled.use)
			again := i.must(t, id, keyed("k", "f"), post("again"))
			if diff := cmp.Diff(last.State, again.State); diff != "" || !again.Repeated {
				t.Fatalf("states differ, repeated %t:\n%s", again.Repeated, diff)
			}
		})
	}
}

func TestSnapshot_is_asked_for_again_in_a_very_long_stream(t *testing.T) {
	t.Parallel()
	log, rows := &meter{Log: openLog(t, t.TempDir())}, newShelf()
	i := newInstance(t, log, rows.use)
	id := i.started(t)
	for range 20 {
		i.must(t, id, request(), postMany(commands.SnapshotEvery))
	}
	rows.err, rows.once = errors.New("database is busy"), true
	log.read.Store(0)
	newInstance(t, log, rows.use).must(t, id, request(), post("hello"))
	if n := log.read.Load(); n > 10_000 {
		t.Fatalf("read %d events of 20,000 in spite of a snapshot", n)
	}
}

func TestSnapshot_keeps_the_receipts(t *testing.T) {
	t.Parallel()
	log, rows := openLog(t, t.TempDir()), newShelf()
	i := newInstance(t, log, rows.use)
	id := i.started(t)
	i.must(t, id, keyed("k", "f"), post("early"))
	i.must(t, id, request(), postMany(commands.SnapshotEvery))
	if len(rows.rows) != 1 {
		t.Fatalf("%d snapshots were saved", len(rows.rows))
	}
	if out := newInstance(t, log, rows.use).must(t, id, keyed("k", "f"), post("again")); !out.Repeated {
		t.Fatal("a receipt was lost with the events before the snapshot")
	}
}
