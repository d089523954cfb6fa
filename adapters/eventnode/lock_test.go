//go:build unix

package eventnode_test

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"parley/adapters/eventnode"
)

// A child that is just being started holds its parent's lock for a moment.
func TestOpen_asks_again_for_a_lock_that_is_about_to_be_let_go(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	held, err := os.OpenFile(filepath.Join(dir, "events.lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	if err := syscall.Flock(int(held.Fd()), syscall.LOCK_EX); err != nil {
		t.Fatal(err)
	}
	if n, err := eventnode.Open(eventnode.Config{Dir: dir}); err == nil {
		n.Close()
		t.Fatal("a folder that is in use was opened")
	}
	time.AfterFunc(100*time.Millisecond, func() { held.Close() })
	n, err := eventnode.Open(eventnode.Config{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	if err := n.Close(); err != nil {
		t.Fatal(err)
	}
}
