package sqlite

import "os"

// dataFile is the file of one generation of a schema. Its fields are guarded by
// the DB's mutex.
type dataFile struct {
	path    string
	refs    int  // connections that have it attached
	dropped bool // no schema has it any more
}

func (db *DB) acquire(f *dataFile) {
	db.mu.Lock()
	defer db.mu.Unlock()
	f.refs++
}

// release deletes the file when it was dropped and nobody else has it.
func (db *DB) release(f *dataFile) {
	db.mu.Lock()
	f.refs--
	unused := f.dropped && f.refs == 0
	db.mu.Unlock()
	if unused {
		f.remove()
	}
}

// discard drops the file, which is deleted as soon as nobody has it.
func (db *DB) discard(f *dataFile) {
	db.mu.Lock()
	f.dropped = true
	unused := f.refs == 0
	db.mu.Unlock()
	if unused {
		f.remove()
		return
	}
	db.readers.letGo()
}

func (db *DB) isDropped(f *dataFile) bool {
	db.mu.RLock()
	defer db.mu.RUnlock()
	return f.dropped
}

// remove leaves it to the next Open to delete what cannot be deleted now.
func (f *dataFile) remove() {
	for _, suffix := range []string{"", "-wal", "-shm"} {
		_ = os.Remove(f.path + suffix)
	}
}
