package eventnode

import (
	"fmt"
	"io"
	"os"
)

// Disk stands between a log and its disk. It is for tests of what a disk may do;
// a nil one is the system's own.
type Disk struct {
	// VFS is the name of a SQLite VFS, as it was registered in this process.
	VFS string
	// Open opens the witness's file for reading and writing and creates it when
	// it is missing.
	Open func(path string) (File, error)
	// SyncDir makes the names in a folder durable.
	SyncDir func(path string) error
	// CheckpointFrames is after how many pages the write-ahead log is moved into
	// the main file; 0 is the usual number.
	CheckpointFrames int
}

// File is what the witness needs of its file.
type File interface {
	io.WriterAt
	io.Closer
	Sync() error
}

func (d *Disk) vfs() string {
	if d == nil {
		return ""
	}
	return d.VFS
}

func (d *Disk) checkpointFrames() uint32 {
	if d == nil || d.CheckpointFrames == 0 {
		return checkpointFrames
	}
	return uint32(d.CheckpointFrames)
}

func (d *Disk) open(path string) (File, error) {
	if d == nil || d.Open == nil {
		return os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	}
	return d.Open(path)
}

func (d *Disk) syncDir(path string) error {
	if d == nil || d.SyncDir == nil {
		return syncDir(path)
	}
	return d.SyncDir(path)
}

// syncDir makes the names in a folder durable.
func syncDir(path string) error {
	dir, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("sync folder: %w", err)
	}
	defer dir.Close()
	if err := dir.Sync(); err != nil {
		return fmt.Errorf("sync folder: %w", err)
	}
	return nil
}
