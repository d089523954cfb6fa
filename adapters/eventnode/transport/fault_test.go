package transport_test

import (
	"bytes"
	"database/sql"
	"log/slog"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/google/uuid"

	"parley/adapters/eventnode"
	"parley/adapters/eventnode/transport"
	"parley/domain/eventlog"
)

// notes is a log's output that several goroutines may write.
type notes struct {
	mu   sync.Mutex
	text bytes.Buffer
}

// Write implements io.Writer.
func (n *notes) Write(b []byte) (int, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.text.Write(b)
}

func (n *notes) String() string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.text.String()
}

// damagedFolder returns a log of three events whose second is damaged.
func damagedFolder(t *testing.T) (dir string) {
	t.Helper()
	dir = t.TempDir()
	node, err := eventnode.Open(eventnode.Config{Dir: dir, FirstPosition: 1000, Stride: 7})
	if err != nil {
		t.Fatal(err)
	}
	events := make([]eventlog.NewEvent, 3)
	for i := range events {
		events[i] = eventlog.NewEvent{ID: uuid.New(), Type: "test.seeded.v1", Data: []byte(`{}`)}
	}
	if _, err := node.Append(t.Context(), "s", eventlog.NoStream, events); err != nil {
		t.Fatal(err)
	}
	if err := node.Close(); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", filepath.Join(dir, "events.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec("update events set data = x'5b5d' where position = 1007"); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestFault_is_told_to_the_caller_and_logged_once(t *testing.T) {
	t.Parallel()
	log := &notes{}
	f := serveFolder(t, damagedFolder(t), transport.Config{Logger: slog.New(slog.NewTextHandler(log, nil))})
	read, err := f.client.ReadStream(f.ctx, "s", esdb.ReadStreamOptions{From: esdb.Start{}}, 10)
	if err != nil {
		t.Fatal(err)
	}
	defer read.Close()
	for err == nil {
		_, err = read.Recv()
	}
	if !strings.Contains(err.Error(), "1007") {
		t.Errorf("the caller is told %v", err)
	}
	f.stop() // whatever is logged is logged by now
	if got := log.String(); strings.Count(got, "1007") != 1 || !strings.Contains(got, "Streams/Read") {
		t.Errorf("the log says %q", got)
	}
}

func TestFault_is_not_what_a_caller_did_wrong(t *testing.T) {
	t.Parallel()
	log := &notes{}
	f := serve(t, transport.Config{Logger: slog.New(slog.NewTextHandler(log, nil))})
	if err := f.tryRead(f.client, esdb.ReadAllOptions{From: esdb.Position{Commit: 1, Prepare: 2}}); err == nil {
		t.Error("a position that cannot be is taken")
	}
	f.stop()
	if got := log.String(); got != "" {
		t.Errorf("the log says %q", got)
	}
}
