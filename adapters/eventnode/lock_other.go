//go:build !unix

package eventnode

import (
	"fmt"
	"os"
	"path/filepath"
)

// lock opens the lock file; on this system nothing enforces it, the lock on the
// data folder alone keeps a second process out.
func lock(dir string) (*os.File, error) {
	f, err := os.OpenFile(filepath.Join(dir, "events.lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("lock event log: %w", err)
	}
	return f, nil
}
