package snapshots_test

import (
	"context"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"parley/adapters/snapshots"
	"parley/domain/eventlog"
	"parley/domain/snapshot"
	"parley/domain/sqldb"
	"parley/projections/projectiontest"
)

func TestSnapshots_on_both_databases(t *testing.T) {
	t.Parallel()
	projectiontest.Each(t, check)
}

func check(t *testing.T, db sqldb.DB) {
	t.Helper()
	s := snapshots.New(db, slog.New(slog.DiscardHandler))
	if _, found, err := s.Load(t.Context(), "absent"); found || err == nil {
		t.Fatalf("found %t in a database without the schema (%v)", found, err)
	}
	for n := range 1000 {
		s.Save(row("crowd", eventlog.Revision(n))) // nobody keeps them yet: most are dropped
	}
	run(t, s)
	first, last := row("parley_conversation-1", 999), row("parley_conversation-1", 2014)
	keeps(t, s, first)
	keeps(t, s, last)
	if _, found, err := s.Load(t.Context(), "absent"); found || err != nil {
		t.Fatalf("found %t what was never saved (%v)", found, err)
	}
}

func row(stream string, revision eventlog.Revision) snapshot.Row {
	return snapshot.Row{
		Stream: stream, Revision: revision, Position: eventlog.Position(7 * revision), Event: uuid.New(),
		Fold: 3, Store: uuid.New(), State: fmt.Appendf(nil, `{"state":{"Name":"Ünïcode %d"}}`, revision),
	}
}

// run keeps snapshots until the test ends.
func run(t *testing.T, s *snapshots.Snapshots) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { defer close(ended); s.Run(ctx) }()
	t.Cleanup(func() { cancel(); <-ended })
}

// keeps saves the snapshot and waits until it is what is loaded.
func keeps(t *testing.T, s *snapshots.Snapshots, want snapshot.Row) {
	t.Helper()
	s.Save(want)
	deadline := time.Now().Add(10 * time.Second)
	for {
		got, found, err := s.Load(t.Context(), want.Stream)
		if diff := cmp.Diff(want, got); found && diff == "" {
			return
		} else if time.Now().After(deadline) {
			t.Fatalf("snapshot was not kept (-want +got), %v:\n%s", err, diff)
		}
		s.Save(want)
	}
}
