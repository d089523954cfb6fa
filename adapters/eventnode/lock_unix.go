//go:build unix

package eventnode

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"time"
)

// lock takes the exclusive lock on the log in a folder: one process at a time.
// It ends with the process, however that ends.
func lock(dir string) (*os.File, error) {
	f, err := os.OpenFile(filepath.Join(dir, "events.lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("lock event log: %w", err)
	}
	if err := flock(f); err != nil {
		f.Close()
		return nil, fmt.Errorf("the event log in %s is in use by another process: %w", dir, err)
	}
	return f, nil
}

// lockPatience is how long a lock that is held is asked for again: a process that
// has let go of it may have a child that is just being started, which holds it too
// until it has become its own program.
const lockPatience = time.Second

func flock(f *os.File) error {
	for began := time.Now(); ; time.Sleep(lockPatience / 100) {
		err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if err == nil || !errors.Is(err, syscall.EWOULDBLOCK) || time.Since(began) > lockPatience {
			return err
		}
	}
}
