package disktest

import (
	"fmt"
	"sync"
	"unsafe"

	"modernc.org/libc"
	sqlite3 "modernc.org/sqlite/lib"
)

// The functions of SQLite's C interface that are replaced, as the translation
// has them: https://www.sqlite.org/c3ref/vfs.html and io_methods.html.
type (
	openFunc     = func(tls *libc.TLS, vfs, name, file uintptr, flags int32, outFlags uintptr) int32
	deleteFunc   = func(tls *libc.TLS, vfs, name uintptr, syncDir int32) int32
	closeFunc    = func(tls *libc.TLS, file uintptr) int32
	writeFunc    = func(tls *libc.TLS, file, data uintptr, size int32, offset int64) int32
	truncateFunc = func(tls *libc.TLS, file uintptr, size int64) int32
	syncFunc     = func(tls *libc.TLS, file uintptr, flags int32) int32
)

// trailer stands behind the system's part of a file's structure.
type trailer struct {
	number  uintptr // in wrapped.files
	methods uintptr // the system's
}

// openFile is the Go side of a file that SQLite has open.
type openFile struct {
	disk *Disk
	path string
}

// wrapped is what SQLite knows by address only.
var wrapped = struct {
	sync.Mutex
	system  uintptr
	disks   map[uintptr]*Disk // by VFS
	files   map[uintptr]openFile
	last    uintptr
	methods map[uintptr]uintptr // ours, by the system's; never freed
}{disks: map[uintptr]*Disk{}, files: map[uintptr]openFile{}, methods: map[uintptr]uintptr{}}

// at returns what is at an address outside of Go's memory.
func at[T any](address uintptr) *T { return *(**T)(unsafe.Pointer(&address)) }

// function returns the function at an address, addressOf the address of one that
// is no closure.
func function[F any](address uintptr) F {
	return *(*F)(unsafe.Pointer(&struct{ uintptr }{address}))
}

func addressOf[F any](f F) uintptr { return *(*uintptr)(unsafe.Pointer(&f)) }

// register makes a VFS of a disk.
func register(d *Disk) (giveBack func(), err error) {
	tls := libc.NewTLS()
	wrapped.Lock()
	defer wrapped.Unlock()
	if wrapped.system == 0 {
		wrapped.system = sqlite3.Xsqlite3_vfs_find(tls, 0)
	}
	name, err := libc.CString(d.name)
	if err != nil {
		tls.Close()
		return nil, err
	}
	vfs := libc.Xmalloc(tls, libc.Tsize_t(unsafe.Sizeof(sqlite3.Tsqlite3_vfs{})))
	own := at[sqlite3.Tsqlite3_vfs](vfs)
	*own = *at[sqlite3.Tsqlite3_vfs](wrapped.system)
	own.FszOsFile += int32(unsafe.Sizeof(trailer{}))
	own.FpNext, own.FzName = 0, name
	own.FxOpen, own.FxDelete = addressOf[openFunc](open), addressOf[deleteFunc](remove)
	if code := sqlite3.Xsqlite3_vfs_register(tls, vfs, 0); code != sqlite3.SQLITE_OK {
		return nil, fmt.Errorf("register VFS: code %d", code)
	}
	wrapped.disks[vfs] = d
	return func() {
		wrapped.Lock()
		defer wrapped.Unlock()
		sqlite3.Xsqlite3_vfs_unregister(tls, vfs)
		delete(wrapped.disks, vfs)
		libc.Xfree(tls, vfs)
		libc.Xfree(tls, name)
		tls.Close()
	}, nil
}

func system() *sqlite3.Tsqlite3_vfs { return at[sqlite3.Tsqlite3_vfs](wrapped.system) }

// trailerOf returns what stands behind the system's part of a file.
func trailerOf(file uintptr) *trailer { return at[trailer](file + uintptr(system().FszOsFile)) }

func open(tls *libc.TLS, vfs, name, file uintptr, flags int32, outFlags uintptr) int32 {
	code := function[openFunc](system().FxOpen)(tls, wrapped.system, name, file, flags, outFlags)
	base := at[sqlite3.Tsqlite3_file](file)
	if code != sqlite3.SQLITE_OK || base.FpMethods == 0 || name == 0 {
		return code
	}
	wrapped.Lock()
	defer wrapped.Unlock()
	wrapped.last++
	wrapped.files[wrapped.last] = openFile{wrapped.disks[vfs], libc.GoString(name)}
	*trailerOf(file) = trailer{number: wrapped.last, methods: base.FpMethods}
	base.FpMethods = ownMethods(tls, base.FpMethods)
	return code
}

// ownMethods returns the system's methods of a file with ours in their place.
func ownMethods(tls *libc.TLS, methods uintptr) uintptr {
	if own, ok := wrapped.methods[methods]; ok {
		return own
	}
	address := libc.Xmalloc(tls, libc.Tsize_t(unsafe.Sizeof(sqlite3.Tsqlite3_io_methods{})))
	own := at[sqlite3.Tsqlite3_io_methods](address)
	*own = *at[sqlite3.Tsqlite3_io_methods](methods)
	own.FxClose, own.FxWrite = addressOf[closeFunc](closeFile), addressOf[writeFunc](write)
	own.FxTruncate, own.FxSync = addressOf[truncateFunc](truncate), addressOf[syncFunc](syncFile)
	wrapped.methods[methods] = address
	return address
}

// sides returns a file's Go side and the system's methods.
func sides(file uintptr) (openFile, *sqlite3.Tsqlite3_io_methods) {
	t := trailerOf(file)
	wrapped.Lock()
	defer wrapped.Unlock()
	return wrapped.files[t.number], at[sqlite3.Tsqlite3_io_methods](t.methods)
}

func closeFile(tls *libc.TLS, file uintptr) int32 {
	_, methods := sides(file)
	number := trailerOf(file).number
	wrapped.Lock()
	delete(wrapped.files, number)
	wrapped.Unlock()
	return function[closeFunc](methods.FxClose)(tls, file)
}

func write(tls *libc.TLS, file, data uintptr, size int32, offset int64) (code int32) {
	f, methods := sides(file)
	op := Op{Kind: Write, Path: f.path, Offset: offset, Data: unsafe.Slice(at[byte](data), size)}
	fault := f.disk.do(op, func(op Op) bool {
		code = function[writeFunc](methods.FxWrite)(tls, file, data, int32(len(op.Data)), offset)
		return code == sqlite3.SQLITE_OK
	})
	return fault.code(code, sqlite3.SQLITE_IOERR_WRITE)
}

func truncate(tls *libc.TLS, file uintptr, size int64) (code int32) {
	f, methods := sides(file)
	fault := f.disk.do(Op{Kind: Truncate, Path: f.path, Size: size}, func(Op) bool {
		code = function[truncateFunc](methods.FxTruncate)(tls, file, size)
		return code == sqlite3.SQLITE_OK
	})
	return fault.code(code, sqlite3.SQLITE_IOERR_TRUNCATE)
}

func syncFile(tls *libc.TLS, file uintptr, flags int32) (code int32) {
	f, methods := sides(file)
	fault := f.disk.do(Op{Kind: Sync, Path: f.path}, func(Op) bool {
		code = function[syncFunc](methods.FxSync)(tls, file, flags)
		return code == sqlite3.SQLITE_OK
	})
	return fault.code(code, sqlite3.SQLITE_IOERR_FSYNC)
}

func remove(tls *libc.TLS, vfs, name uintptr, syncDir int32) (code int32) {
	wrapped.Lock()
	disk := wrapped.disks[vfs]
	wrapped.Unlock()
	fault := disk.do(Op{Kind: Delete, Path: libc.GoString(name)}, func(Op) bool {
		code = function[deleteFunc](system().FxDelete)(tls, wrapped.system, name, syncDir)
		return code == sqlite3.SQLITE_OK || code == sqlite3.SQLITE_IOERR_DELETE_NOENT
	})
	return fault.code(code, sqlite3.SQLITE_IOERR_DELETE)
}

// code returns what SQLite is told: the system's code, unless the test's fault
// has one.
func (f Fault) code(code, broken int32) int32 {
	switch {
	case f == IOError && code == sqlite3.SQLITE_OK:
		return broken
	case f == Full, f == Short:
		return sqlite3.SQLITE_FULL
	}
	return code
}
