package eventnode_test

import (
	"strings"
	"testing"

	"parley/adapters/eventnode"
	"parley/domain/eventlog"
)

// A name that is too long for the caches is looked up each time.
func TestStream_with_a_long_name_is_like_any_other(t *testing.T) {
	t.Parallel()
	node := openNode(t, eventnode.Config{Dir: t.TempDir()})
	name := strings.Repeat("long", 1<<12)
	mustAppend(t, node, name, eventlog.NoStream, newEvents(2)...)
	mustAppend(t, node, name, 1, newEvents(2)...)
	describe(t, node, name, `{"$tb":1}`)
	wantRevisions(t, node, name, 1, 2, 3)
	mustDelete(t, node, name)
	wantRevisions(t, node, name)
	if err := appendExpecting(t, node, name, eventnode.NoStream, 1); err != nil {
		t.Fatal(err)
	}
	wantRevisions(t, node, name, 4)
	if _, err := node.Tombstone(t.Context(), name, 4); err != nil {
		t.Fatal(err)
	}
	wantDead(t, node, name, name)
}
