//go:build linux

package eventnode_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"parley/adapters/eventnode"
)

// openFiles returns the files below a folder that this process has open.
func openFiles(t *testing.T, dir string) (names []string) {
	t.Helper()
	const all = "/proc/self/fd"
	entries, err := os.ReadDir(all)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if name, err := os.Readlink(filepath.Join(all, e.Name())); err == nil && strings.HasPrefix(name, dir) {
			names = append(names, name)
		}
	}
	return names
}

// Whoever opens a log many times, or recovers from many faults, must not run out
// of files.
func TestClose_leaves_no_file_open(t *testing.T) {
	t.Parallel()
	dir, target := t.TempDir(), filepath.Join(t.TempDir(), "copy")
	node, err := eventnode.Open(eventnode.Config{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	mustAppend(t, node, "parley_a", -1, newEvents(100)...)
	wantWhole(t, node)
	if _, err := node.Backup(t.Context(), target, nil); err != nil {
		t.Fatal(err)
	}
	if err := node.Close(); err != nil {
		t.Fatal(err)
	}
	if left := append(openFiles(t, dir), openFiles(t, target)...); len(left) > 0 {
		t.Errorf("still open are %v", left)
	}
}
