package direct

import (
	"encoding/binary"
	"fmt"

	"modernc.org/libc"
	sqlite3 "modernc.org/sqlite/lib"
)

// Error is an error of SQLite. Code is its extended result code.
type Error struct {
	Code int
	Text string
}

// Error implements error.
func (e *Error) Error() string { return fmt.Sprintf("%s (%d)", e.Text, e.Code) }

// Conn is a connection to one file. It must be closed.
type Conn struct {
	tls   *libc.TLS
	db    uintptr
	stmts []*Stmt
}

// File is a file that exists, unless Create says that it, and those attached to
// it, may be made. ReadOnly connections never write to it or to its write-ahead
// log, also not when they are the last to close it. VFS is the name of a SQLite
// VFS; empty is the system's.
type File struct {
	Path, VFS        string
	ReadOnly, Create bool
}

// Open opens a file that exists, to read and write.
func Open(path string, pragmas ...string) (*Conn, error) { return File{Path: path}.Open(pragmas...) }

// Open opens the file and carries the pragmas out, given as "name(value)".
func (f File) Open(pragmas ...string) (*Conn, error) {
	c := &Conn{tls: libc.NewTLS()}
	name, err := libc.CString(f.Path)
	if err != nil {
		c.tls.Close()
		return nil, fmt.Errorf("name %s: %w", f.Path, err)
	}
	defer libc.Xfree(c.tls, name)
	vfs := uintptr(0)
	if f.VFS != "" {
		if vfs, err = libc.CString(f.VFS); err != nil {
			c.tls.Close()
			return nil, fmt.Errorf("name VFS %s: %w", f.VFS, err)
		}
		defer libc.Xfree(c.tls, vfs)
	}
	flags := int32(sqlite3.SQLITE_OPEN_READWRITE | sqlite3.SQLITE_OPEN_NOMUTEX)
	if f.ReadOnly {
		flags = sqlite3.SQLITE_OPEN_READONLY | sqlite3.SQLITE_OPEN_NOMUTEX
	}
	if f.Create {
		flags |= sqlite3.SQLITE_OPEN_CREATE
	}
	var code int32
	c.db = c.pointer(func(into uintptr) {
		code = sqlite3.Xsqlite3_open_v2(c.tls, name, into, flags, vfs)
	})
	if err := c.check(code); err != nil {
		return nil, failed(err, c)
	}
	sqlite3.Xsqlite3_extended_result_codes(c.tls, c.db, 1)
	for _, pragma := range pragmas {
		if err := c.Run("pragma " + pragma); err != nil {
			return nil, failed(err, c)
		}
	}
	return c, nil
}

func failed(err error, c *Conn) error {
	_ = c.Close()
	return fmt.Errorf("open: %w", err)
}

// Run carries out a statement that is needed once, with its parameters.
func (c *Conn) Run(text string, args ...any) error {
	s, err := c.prepare(text)
	if err != nil {
		return err
	}
	defer s.finish()
	if err := s.Bind(args...); err != nil {
		return err
	}
	return s.Run()
}

// Changes returns how many rows the last insert, update or delete touched.
func (c *Conn) Changes() int64 { return sqlite3.Xsqlite3_changes64(c.tls, c.db) }

// Interrupt makes the statement that is under way, if one is, end with an error.
// It may be called from anywhere until the connection is closed.
func (c *Conn) Interrupt() { sqlite3.Xsqlite3_interrupt(c.tls, c.db) }

// Forget ends all statements; the connection stays.
func (c *Conn) Forget() {
	for _, s := range c.stmts {
		s.finish()
	}
	c.stmts = nil
}

// Close closes the connection and its statements. Neither must be used again.
func (c *Conn) Close() error {
	c.Forget()
	code := sqlite3.Xsqlite3_close_v2(c.tls, c.db)
	c.tls.Close()
	if code != sqlite3.SQLITE_OK {
		return &Error{Code: int(code), Text: "close the file"}
	}
	return nil
}

// check returns the error that a result code stands for.
func (c *Conn) check(code int32) error {
	if code == sqlite3.SQLITE_OK {
		return nil
	}
	text := libc.GoString(sqlite3.Xsqlite3_errstr(c.tls, code))
	if c.db != 0 {
		text = libc.GoString(sqlite3.Xsqlite3_errmsg(c.tls, c.db))
	}
	return &Error{Code: int(code), Text: text}
}

// pointer returns what a call has stored where it was told to.
func (c *Conn) pointer(call func(into uintptr)) uintptr {
	const size = 8
	into := c.tls.Alloc(size)
	defer c.tls.Free(size)
	cell := libc.GoBytes(into, size)
	clear(cell)
	call(into)
	return uintptr(binary.NativeEndian.Uint64(cell))
}
