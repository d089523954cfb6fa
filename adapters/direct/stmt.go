package direct

import (
	"fmt"

	"modernc.org/libc"
	sqlite3 "modernc.org/sqlite/lib"
)

// Stmt is a prepared statement. It ends with its connection.
type Stmt struct {
	conn  *Conn
	stmt  uintptr
	bound uintptr // a copy of the texts, which SQLite reads until the reset
}

// Prepare prepares one statement, to be used until the connection is closed.
func (c *Conn) Prepare(text string) (*Stmt, error) {
	s, err := c.prepare(text)
	if err == nil {
		c.stmts = append(c.stmts, s)
	}
	return s, err
}

func (c *Conn) prepare(text string) (*Stmt, error) {
	sql, err := libc.CString(text)
	if err != nil {
		return nil, err
	}
	defer libc.Xfree(c.tls, sql)
	s := &Stmt{conn: c}
	var code int32
	s.stmt = c.pointer(func(into uintptr) {
		code = sqlite3.Xsqlite3_prepare_v3(c.tls, c.db, sql, -1, sqlite3.SQLITE_PREPARE_PERSISTENT, into, 0)
	})
	if err := c.check(code); err != nil {
		return nil, fmt.Errorf("prepare: %w", err)
	}
	return s, nil
}

// Bind sets all parameters, each an int64, float64, bool, string or nil, for the
// steps until the next reset.
func (s *Stmt) Bind(args ...any) error {
	if n := int(sqlite3.Xsqlite3_bind_parameter_count(s.conn.tls, s.stmt)); n != len(args) {
		return fmt.Errorf("bind %d values to %d parameters", len(args), n)
	}
	texts, err := s.copyTexts(args)
	if err != nil {
		return err
	}
	for i, arg := range args {
		if text, is := arg.(string); is {
			err = s.bindText(i, texts, len(text))
			texts += uintptr(len(text))
		} else {
			err = s.bindOther(i, arg)
		}
		if err != nil {
			return fmt.Errorf("bind parameter %d: %w", i+1, err)
		}
	}
	return nil
}

// copyTexts copies all texts among the values to one place and returns it.
func (s *Stmt) copyTexts(args []any) (uintptr, error) {
	size := 1 // so that an empty text is somewhere, too
	for _, arg := range args {
		if text, is := arg.(string); is {
			size += len(text)
		}
	}
	libc.Xfree(s.conn.tls, s.bound)
	if s.bound = libc.Xmalloc(s.conn.tls, libc.Tsize_t(size)); s.bound == 0 {
		return 0, &Error{Code: sqlite3.SQLITE_NOMEM, Text: "out of memory"}
	}
	room := libc.GoBytes(s.bound, size)
	for _, arg := range args {
		if text, is := arg.(string); is {
			room = room[copy(room, text):]
		}
	}
	return s.bound, nil
}

func (s *Stmt) bindText(i int, at uintptr, size int) error {
	return s.conn.check(sqlite3.Xsqlite3_bind_text(s.conn.tls, s.stmt, int32(i+1), at, int32(size), sqlite3.SQLITE_STATIC))
}

func (s *Stmt) bindOther(i int, arg any) error {
	switch v := arg.(type) {
	case nil:
		return s.conn.check(sqlite3.Xsqlite3_bind_null(s.conn.tls, s.stmt, int32(i+1)))
	case bool:
		return s.conn.check(sqlite3.Xsqlite3_bind_int64(s.conn.tls, s.stmt, int32(i+1), int64(libc.Bool32(v))))
	case float64:
		return s.conn.check(sqlite3.Xsqlite3_bind_double(s.conn.tls, s.stmt, int32(i+1), v))
	case int64:
		return s.conn.check(sqlite3.Xsqlite3_bind_int64(s.conn.tls, s.stmt, int32(i+1), v))
	default:
		return fmt.Errorf("a %T has no place in SQLite", arg)
	}
}

// Run steps to the end.
func (s *Stmt) Run() error {
	for {
		if more, err := s.Next(); err != nil || !more {
			return err
		}
	}
}

// Columns returns how many columns a row has.
func (s *Stmt) Columns() int { return int(sqlite3.Xsqlite3_column_count(s.conn.tls, s.stmt)) }

// Next steps to the next row and reports whether there is one.
func (s *Stmt) Next() (bool, error) {
	switch code := sqlite3.Xsqlite3_step(s.conn.tls, s.stmt); code {
	case sqlite3.SQLITE_ROW:
		return true, nil
	case sqlite3.SQLITE_DONE:
		return false, nil
	default:
		return false, s.conn.check(code)
	}
}

// Int returns a column of the row as a number; NULL is 0.
func (s *Stmt) Int(column int) int64 {
	return sqlite3.Xsqlite3_column_int64(s.conn.tls, s.stmt, int32(column))
}

// Float returns a column of the row as a number; NULL is 0.
func (s *Stmt) Float(column int) float64 {
	return sqlite3.Xsqlite3_column_double(s.conn.tls, s.stmt, int32(column))
}

// Bytes lends a column of the row until the next step or reset; NULL and what is
// empty are nil.
func (s *Stmt) Bytes(column int) []byte {
	at := sqlite3.Xsqlite3_column_blob(s.conn.tls, s.stmt, int32(column))
	if at == 0 {
		return nil
	}
	return libc.GoBytes(at, int(sqlite3.Xsqlite3_column_bytes(s.conn.tls, s.stmt, int32(column))))
}

// Null reports whether a column of the row is NULL.
func (s *Stmt) Null(column int) bool {
	return sqlite3.Xsqlite3_column_type(s.conn.tls, s.stmt, int32(column)) == sqlite3.SQLITE_NULL
}

// Reset ends the steps and gives the snapshot back. It repeats the error of the
// last step, which is known already.
func (s *Stmt) Reset() {
	sqlite3.Xsqlite3_reset(s.conn.tls, s.stmt)
	sqlite3.Xsqlite3_clear_bindings(s.conn.tls, s.stmt)
	libc.Xfree(s.conn.tls, s.bound)
	s.bound = 0
}

// finish frees the statement.
func (s *Stmt) finish() {
	s.Reset()
	sqlite3.Xsqlite3_finalize(s.conn.tls, s.stmt)
}
