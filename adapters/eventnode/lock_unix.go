//go:build unix

package eventnode

import (
	"fmt"
	"os"
	"path/filepath"
	"syscall"
)

// lock takes the exclusive lock on the log in a folder: one process at a time.
// It ends with the process, however that ends.
func lock(dir string) (*os.File, error) {
	f, err := os.OpenFile(filepath.Join(dir, "events.lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("lock event log: %w", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		f.Close()
		return nil, fmt.Errorf("the event log in %s is in use by another process: %w", dir, err)
	}
	return f, nil
}
