package eventnode_test

import (
	"fmt"
	"sync"
	"testing"

	"parley/adapters/eventnode"
	"parley/domain/eventlog"
)

// The appenders write several times what memory keeps of the tail, so followers
// change between memory and file more than once.
func TestFollow_loses_and_doubles_nothing_when_it_falls_behind_the_tail(t *testing.T) {
	t.Parallel()
	node := openNode(t, eventnode.Config{Dir: t.TempDir(), FirstPosition: 50, Stride: 11})
	const streams, appends, size = 4, 50, 60
	var group sync.WaitGroup
	for s := range streams {
		group.Go(func() {
			for i := range appends {
				mustAppend(t, node, fmt.Sprintf("parley_%d", s), eventlog.Revision(i*size-1), newEvents(size)...)
			}
		})
	}
	for range 3 {
		group.Go(func() { followWhole(t, node, streams*appends*size) })
	}
	group.Wait()
}

// followWhole follows from the start until it has n events and demands each
// stream without gap and batches within their limits.
func followWhole(t *testing.T, node *eventnode.Node, n int) {
	sub, err := node.Follow(t.Context(), eventlog.Start, "parley_")
	if err != nil {
		t.Error(err)
		return
	}
	defer sub.Close()
	next, last := map[string]eventlog.Revision{}, eventlog.Start
	for seen := 0; seen < n; {
		batch, err := sub.Next(t.Context())
		if err != nil {
			t.Error(err)
			return
		}
		if len(batch.Events) > eventlog.MaxBatchEvents {
			t.Errorf("a batch has %d events", len(batch.Events))
		}
		for _, e := range batch.Events {
			if e.Revision != next[e.Stream] || e.Position <= last {
				t.Errorf("got %s@%d at %d, want revision %d behind %d", e.Stream, e.Revision, e.Position, next[e.Stream], last)
				return
			}
			next[e.Stream], last = e.Revision+1, e.Position
		}
		seen += len(batch.Events)
	}
}

func TestFollow_passes_what_its_prefix_hides(t *testing.T) {
	t.Parallel()
	node := openNode(t, eventnode.Config{Dir: t.TempDir()})
	sub, err := node.Follow(t.Context(), eventlog.Start, "parley_")
	if err != nil {
		t.Fatal(err)
	}
	defer sub.Close()
	if batch, err := sub.Next(t.Context()); err != nil || !batch.Live || len(batch.Events) != 0 {
		t.Fatalf("an empty log gives %+v, %v", batch, err)
	}
	hidden := mustAppend(t, node, "$hidden", eventlog.NoStream, newEvents(3)...)
	batch, err := sub.Next(t.Context())
	if err != nil || batch.Position != hidden.Position || len(batch.Events) != 0 || !batch.Live {
		t.Errorf("got %+v, %v, want only position %d", batch, err, hidden.Position)
	}
}
