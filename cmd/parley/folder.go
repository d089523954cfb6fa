package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
)

// folder is a held data folder: one process at a time. The lock goes with the
// process, however it ends.
type folder struct {
	path string
	lock *os.File
}

// errFolderInUse says that another process holds the folder.
var errFolderInUse = errors.New("data folder is in use by another process")

// holdFolder creates the folder if it is missing and takes its lock, or returns
// an error that wraps errFolderInUse.
func holdFolder(path string) (*folder, error) {
	if err := os.MkdirAll(path, 0o700); err != nil {
		return nil, usagef("--data %s cannot be used: %v; name a folder that can be written", path, err)
	}
	lock, err := os.OpenFile(filepath.Join(path, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, usagef("--data %s cannot be used: %v; name a folder that can be written", path, err)
	}
	err = syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if err == nil {
		return &folder{path, lock}, nil
	}
	lock.Close()
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return nil, usagef("%s: %w; stop that one, or name another folder with --data", path, errFolderInUse)
	}
	return nil, fmt.Errorf("lock data folder %s: %w", path, err)
}

// events returns the folder of the embedded event store.
func (f *folder) events() string { return filepath.Join(f.path, "events") }

// readModels returns the folder of the embedded read models.
func (f *folder) readModels() string { return filepath.Join(f.path, "readmodels") }

// blobs returns the folder of files' contents.
func (f *folder) blobs() string { return filepath.Join(f.path, "blobs") }

// release gives the folder to the next process.
func (f *folder) release() error { return f.lock.Close() }
