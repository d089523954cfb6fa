package sqlite

import (
	"context"
	"errors"
	"fmt"
	"regexp"

	sqlite3 "modernc.org/sqlite/lib"

	"parley/adapters/direct"
	"parley/domain/sqldb"
)

// classes says what the primary result codes mean to the caller. The others
// (a syntax error, a damaged file) are defects of program or installation.
var classes = map[int]error{
	sqlite3.SQLITE_BUSY:       sqldb.ErrUnavailable,
	sqlite3.SQLITE_LOCKED:     sqldb.ErrUnavailable,
	sqlite3.SQLITE_NOMEM:      sqldb.ErrUnavailable,
	sqlite3.SQLITE_INTERRUPT:  sqldb.ErrUnavailable,
	sqlite3.SQLITE_IOERR:      sqldb.ErrUnavailable,
	sqlite3.SQLITE_FULL:       sqldb.ErrUnavailable,
	sqlite3.SQLITE_CANTOPEN:   sqldb.ErrUnavailable,
	sqlite3.SQLITE_PROTOCOL:   sqldb.ErrUnavailable,
	sqlite3.SQLITE_CONSTRAINT: sqldb.ErrRejected,
	sqlite3.SQLITE_MISMATCH:   sqldb.ErrRejected,
	sqlite3.SQLITE_TOOBIG:     sqldb.ErrRejected,
}

// missing finds the schema in SQLite's words for a missing table.
var missing = regexp.MustCompile(`no such table: ([a-z][a-z0-9_]*)\.`)

// classify wraps an error of SQLite with the port's error for its class.
func (db *DB) classify(err error) error {
	class := db.classOf(err)
	if class == nil || errors.Is(err, class) {
		return err
	}
	return fmt.Errorf("%w: %w", class, err)
}

func (db *DB) classOf(err error) error {
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return sqldb.ErrUnavailable
	}
	code := codeOf(err)
	if name := missing.FindStringSubmatch(err.Error()); code != 0 && name != nil && db.lookup(name[1]) == nil {
		return sqldb.ErrNoSchema
	}
	return classes[code&0xff]
}

// codeOf returns the result code that an error of SQLite has, else 0.
func codeOf(err error) int {
	if failed, is := errors.AsType[*direct.Error](err); is {
		return failed.Code
	}
	return 0
}
