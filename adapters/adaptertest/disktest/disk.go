package disktest

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"

	"parley/adapters/eventnode"
)

// Kind says what a call does.
type Kind int

// The kinds of calls. A Note is no call: the test wrote it down itself.
const (
	Write Kind = iota
	Sync
	Truncate
	Delete
	SyncDir
	Note
)

// Op is one call. Data is what was written at the offset; Size is the new size of
// a truncated file, or the number of a note.
type Op struct {
	Kind   Kind
	Path   string
	Offset int64
	Data   []byte
	Size   int64
}

// Fault is how a call fails.
type Fault int

// The faults. An IOError does nothing and says so; Full and Short are a disk
// without space, before and in the middle of a write; a Lie says that the call
// was carried out when it was not.
const (
	None Fault = iota
	IOError
	Full
	Short
	Lie
)

// Disk is a disk. All methods are safe for concurrent use.
type Disk struct {
	name  string
	mu    sync.Mutex
	ops   []Op
	notes bool
	judge func(Op) Fault
}

var names atomic.Int64

// New returns a disk that writes everything down and never fails.
func New(t testing.TB) *Disk {
	t.Helper()
	d := &Disk{name: fmt.Sprintf("disktest%d", names.Add(1)), notes: true}
	giveBack, err := register(d)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(giveBack)
	return d
}

// Node returns the disk as a node's configuration takes it.
func (d *Disk) Node() *eventnode.Disk {
	return &eventnode.Disk{VFS: d.name, Open: func(path string) (eventnode.File, error) {
		f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
		if err != nil {
			return nil, err
		}
		return &file{disk: d, file: f}, nil
	}, SyncDir: d.syncDir}
}

// syncDir only writes the call down: the folders of tests are not kept.
func (d *Disk) syncDir(path string) error {
	return d.do(Op{Kind: SyncDir, Path: path}, func(Op) bool { return true }).error()
}

// Fail lets a function decide of each call from now on whether it fails. It is
// asked once for each, in order, and must not use the disk.
func (d *Disk) Fail(judge func(Op) Fault) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.judge = judge
}

// Forget stops writing down.
func (d *Disk) Forget() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.ops, d.notes = nil, false
}

// Note writes a number down between the calls.
func (d *Disk) Note(number int64) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.ops = append(d.ops, Op{Kind: Note, Size: number})
}

// Ops returns what has been written down.
func (d *Disk) Ops() []Op {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.ops)
}

// do judges a call, carries it out and writes it down. A short write is carried
// out for half of its data.
func (d *Disk) do(op Op, carryOut func(Op) bool) Fault {
	d.mu.Lock()
	defer d.mu.Unlock()
	fault := None
	if d.judge != nil {
		fault = d.judge(op)
	}
	switch fault {
	case IOError, Full, Lie:
		return fault
	case Short:
		op.Data = op.Data[:len(op.Data)/2]
	}
	if d.notes {
		op.Data = slices.Clone(op.Data)
		d.ops = append(d.ops, op)
	}
	if !carryOut(op) {
		return IOError
	}
	return fault
}

// file is a file that Go writes to.
type file struct {
	disk *Disk
	file *os.File
}

// WriteAt implements io.WriterAt.
func (f *file) WriteAt(b []byte, at int64) (n int, err error) {
	fault := f.disk.do(Op{Kind: Write, Path: f.file.Name(), Offset: at, Data: b}, func(op Op) bool {
		n, err = f.file.WriteAt(op.Data, at)
		return err == nil
	})
	return n, errors.Join(err, fault.error())
}

// Sync makes the file durable.
func (f *file) Sync() (err error) {
	fault := f.disk.do(Op{Kind: Sync, Path: f.file.Name()}, func(Op) bool {
		err = f.file.Sync()
		return err == nil
	})
	return errors.Join(err, fault.error())
}

// Close implements io.Closer.
func (f *file) Close() error { return f.file.Close() }

func (f Fault) error() error {
	switch f {
	case IOError:
		return syscall.EIO
	case Full, Short:
		return syscall.ENOSPC
	}
	return nil
}
