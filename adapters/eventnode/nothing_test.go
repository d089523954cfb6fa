package eventnode_test

import (
	"path/filepath"
	"testing"

	"parley/adapters/eventnode"
	"parley/domain/eventlog"
)

func TestAppend_without_events_has_a_position_that_readers_pass_over(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	node := openNode(t, eventnode.Config{Dir: dir, ScrubBytesPerSecond: -1})
	last, taken := eventlog.Start, 0
	nothing := func(stream string, expected eventnode.Expectation, at eventlog.Revision) {
		t.Helper()
		got, err := node.AppendExpecting(t.Context(), stream, expected, nil)
		if err != nil || got.Revision != at || got.Position <= last || got.Position != node.Head() {
			t.Errorf("%s at %s gave %+v behind %d, %v", stream, expected, got, last, err)
		}
		last, taken = got.Position, taken+1
	}
	nothing("absent", eventnode.Any, eventlog.NoStream)
	nothing("absent", eventnode.NoStream, eventlog.NoStream)
	last = mustAppend(t, node, "s", eventlog.NoStream, newEvents(2)...).Position
	nothing("s", 1, 1)
	nothing("$$s", eventnode.NoStream, eventlog.NoStream)
	if _, err := node.AppendExpecting(t.Context(), "s", 0, nil); told(err) != "wrong, at 1" {
		t.Errorf("at another revision it is %s", told(err))
	}
	wantPassedOver(t, node, taken)
	node = reopen(t, node, dir)
	nothing("s", eventnode.StreamExists, 1)
	mustAppend(t, node, "s", 1, newEvents(1)...)
	wantPassedOver(t, node, taken)
	wantRevisions(t, node, "s", 0, 1, 2)
	wantRevisions(t, node, "absent")
	if sum, err := node.Scavenge(t.Context(), nil); err != nil || sum.Events != 0 {
		t.Errorf("a scavenge removed %+v, %v", sum, err)
	}
	copied := filepath.Join(t.TempDir(), "copy")
	if _, err := node.Backup(t.Context(), copied, nil); err != nil {
		t.Fatal(err)
	}
	node = openNode(t, eventnode.Config{Dir: copied, ScrubBytesPerSecond: -1})
	wantPassedOver(t, node, taken)
}
