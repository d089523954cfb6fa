package eventnode_test

import (
	"context"
	"fmt"
	"os"
	"sync"
	"testing"

	"github.com/google/uuid"

	"parley/adapters/eventnode"
	"parley/domain/eventlog"
)

// appendForEver appends from eight writers and prints each id only once it is
// acknowledged: what the parent has read is on disk, or the node lied.
func appendForEver() {
	node, err := eventnode.Open(eventnode.Config{Dir: os.Args[1]})
	if err != nil {
		fmt.Println("open:", err)
		os.Exit(1)
	}
	var printing sync.Mutex
	var group sync.WaitGroup
	run := uuid.NewString()
	for w := range 8 {
		group.Go(func() {
			for i := 0; ; i++ {
				event := eventlog.NewEvent{ID: uuid.New(), Type: "crash.appended.v1", Data: payload(300)}
				stream := fmt.Sprintf("parley_crash-%s-%d", run, w)
				if _, err := node.Append(context.Background(), stream, eventlog.Revision(i-1), []eventlog.NewEvent{event}); err != nil {
					fmt.Println("append:", err)
					os.Exit(1)
				}
				printing.Lock()
				fmt.Println(event.ID)
				printing.Unlock()
			}
		})
	}
	group.Wait()
}

func TestNode_keeps_everything_acknowledged_when_it_is_killed(t *testing.T) {
	t.Parallel()
	dir, ledger := t.TempDir(), map[uuid.UUID]bool{}
	for round := range 4 {
		killAfter(t, dir, 100*(round+1), ledger)
		node, err := eventnode.Open(eventnode.Config{Dir: dir})
		if err != nil {
			t.Fatalf("open after kill %d: %v", round, err)
		}
		stored := wantWhole(t, node)
		for id := range ledger {
			if stored[id] != 1 {
				t.Fatalf("after kill %d: acknowledged event %s is there %d times", round, id, stored[id])
			}
		}
		if err := node.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// killAfter lets a child append until n events are acknowledged, kills it
// without warning and enters everything that it acknowledged into the ledger.
func killAfter(t *testing.T, dir string, n int, ledger map[uuid.UUID]bool) {
	t.Helper()
	child, lines := startChild(t, "append", dir)
	for seen := 0; lines.Scan(); {
		id, err := uuid.Parse(lines.Text())
		if err != nil {
			if seen >= n {
				break // the kill cut the line
			}
			t.Fatalf("child says: %s", lines.Text())
		}
		ledger[id] = true
		if seen++; seen == n {
			if err := child.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
	}
	_ = child.Wait()
}

// wantWhole reads the whole log, demands revisions without gap and rising
// positions, and returns how often each id is there.
func wantWhole(t *testing.T, node *eventnode.Node) map[uuid.UUID]int {
	t.Helper()
	stored, next, last := map[uuid.UUID]int{}, map[string]eventlog.Revision{}, eventlog.Start
	for e, err := range node.ReadAll(t.Context(), eventlog.Start, "", 0) {
		if err != nil {
			t.Fatal(err)
		}
		ends := e.Type == "$streamDeleted" // its revision is behind all others
		if (e.Revision != next[e.Stream] && !ends) || e.Position <= last {
			t.Fatalf("event %d of %s at %d, want revision %d behind %d", e.Revision, e.Stream, e.Position, next[e.Stream], last)
		}
		next[e.Stream], last = e.Revision+1, e.Position
		stored[e.ID]++
	}
	return stored
}
