package eventnode_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"parley/adapters/eventnode"
	"parley/domain/eventlog"
)

// Appends, deletions and metadata race on few streams, so that group commits hold
// all of them in every order. What the node then remembers must be what another
// reads from its file.
func TestNode_remembers_of_streams_what_its_file_says(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	node := openNode(t, eventnode.Config{Dir: dir, FirstPosition: 5, Stride: 7})
	const streams, callers, rounds = 6, 24, 30
	var group sync.WaitGroup
	for c := range callers {
		group.Go(func() {
			r := rand.New(rand.NewPCG(1, uint64(c)))
			for range rounds {
				shake(t.Context(), t, node, r, fmt.Sprintf("s-%d", r.IntN(streams)))
			}
		})
	}
	group.Wait()
	wantWhole(t, node)
	before := standingOf(t, node, streams)
	node = reopen(t, node, dir)
	if diff := cmp.Diff(before, standingOf(t, node, streams)); diff != "" {
		t.Errorf("after a restart (-before +after):\n%s", diff)
	}
}

// shake does something to a stream; refusals are as good as successes.
func shake(ctx context.Context, t *testing.T, node *eventnode.Node, r *rand.Rand, stream string) {
	expected := []eventnode.Expectation{eventnode.Any, eventnode.NoStream, eventnode.StreamExists}[r.IntN(3)]
	var err error
	switch at := r.IntN(40); {
	case at == 0 && stream == "s-0":
		_, err = node.Tombstone(ctx, stream, expected)
	case at < 8:
		_, err = node.Delete(ctx, stream, expected)
	case at < 12:
		e := eventnode.Event{NewEvent: eventlog.NewEvent{ID: uuid.New(), Type: "$metadata", Data: fmt.Appendf(nil, `{"$maxCount":%d}`, 1+r.IntN(5))}}
		_, err = node.AppendExpecting(ctx, "$$"+stream, eventnode.Any, []eventnode.Event{e})
	case at < 16:
		_, err = revisions(ctx, node, stream, r.IntN(2) == 0)
	default:
		_, err = node.AppendExpecting(ctx, stream, expected, wrap(newEvents(1+r.IntN(3))))
	}
	if answer := told(err); answer != "done" && answer != "deleted" && answer[:5] != "wrong" {
		t.Error(answer)
	}
}

// standingOf says in words how the streams stand and what they answer to appends.
func standingOf(t *testing.T, node *eventnode.Node, streams int) (said []string) {
	t.Helper()
	for s := range streams {
		stream := fmt.Sprintf("s-%d", s)
		first, last, err := node.Extent(t.Context(), stream)
		shown, _ := revisions(t.Context(), node, stream, false)
		metadata, _ := node.Metadata(t.Context(), stream)
		_, exists := node.AppendExpecting(t.Context(), stream, eventnode.StreamExists, nil)
		_, behind := node.AppendExpecting(t.Context(), stream, 1<<40, nil)
		said = append(said, fmt.Sprintf("%s: %d to %d, %s, shows %v, says %s, exists: %s, behind: %s",
			stream, first, last, told(err), shown, metadata.Raw, told(exists), told(behind)))
	}
	return said
}
