package eventnode_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"parley/adapters/eventnode"
	"parley/domain/eventlog"
)

// aheadEvents are several pages.
const aheadEvents = 2600

// reopened returns a node whose events are all in the file and none in memory.
func reopened(t *testing.T) *eventnode.Node {
	t.Helper()
	dir := t.TempDir()
	node, err := eventnode.Open(eventnode.Config{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	for i := range aheadEvents / 100 {
		mustAppend(t, node, fmt.Sprintf("parley_ahead-%d", i), eventlog.NoStream, newEvents(100)...)
	}
	if err := node.Close(); err != nil {
		t.Fatal(err)
	}
	return openNode(t, eventnode.Config{Dir: dir})
}

func TestCursor_reads_ahead_without_gap_or_double(t *testing.T) {
	t.Parallel()
	node := reopened(t)
	cursor, at := node.Cursor(eventlog.Start), eventlog.Start
	for at < aheadEvents+3 {
		// Each page but the first has been asked for before these calls end.
		ended, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := cursor.Pull(ended); !errors.Is(err, context.Canceled) {
			t.Fatalf("err = %v after the context ended, want %v", err, context.Canceled)
		}
		if at == eventlog.MaxBatchEvents {
			mustAppend(t, node, "parley_ahead-live", eventlog.NoStream, newEvents(3)...)
		}
		page, err := cursor.Pull(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range page.Records {
			if at++; r.Position != at {
				t.Fatalf("position %d came where %d was due", r.Position, at)
			}
		}
		if page.Live != (at == aheadEvents+3) {
			t.Fatalf("live = %t at %d of %d", page.Live, at, aheadEvents+3)
		}
	}
}

func TestAll_reads_ahead_and_stops_anywhere(t *testing.T) {
	t.Parallel()
	node := reopened(t)
	for _, stop := range []eventlog.Position{1, eventlog.MaxBatchEvents, eventlog.MaxBatchEvents + 1, aheadEvents, aheadEvents + 1} {
		at := eventlog.Start
		for r, err := range node.All(t.Context(), eventlog.Start) {
			if err != nil {
				t.Fatal(err)
			}
			if at++; r.Position != at {
				t.Fatalf("position %d came where %d was due", r.Position, at)
			}
			if at == stop {
				break
			}
		}
		if want := min(stop, aheadEvents); at != want {
			t.Errorf("%d events came, want %d", at, want)
		}
	}
}
