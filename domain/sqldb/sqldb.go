// Package sqldb is the port to the database of the read models: write a batch
// in one transaction, query rows, keep several generations of a schema side by
// side. Statements are written once, in the subset of SQL that PostgreSQL and
// SQLite share: $1 placeholders, upserts with excluded, multi-row values, row
// values, returning, window functions, recursive common table expressions.
//
// Names are qualified by schema (inboxes.threads). A schema is created whole,
// with a version, and is never migrated. DDL uses the types bigint, boolean,
// double precision and text only: times are bigint microseconds since the Unix
// epoch, ids and JSON are text. Text compares by bytes on every implementation,
// so orders and keyset cursors are the same everywhere.
//
// Texts are searched by an index of words, which the DDL declares after its
// table,
//
//	create text index shop.items_by_words on shop.items (words);
//
// over a column that is not null and holds different words with single spaces
// between them. What a word is, the caller says: words compare by bytes, and hold
// letters, marks and digits only. Like any index it has no content of its own and
// is no table of the schema.
package sqldb

import (
	"context"
	"errors"
	"iter"
)

// Statement is one statement of a batch. Affects, when positive, is the number
// of rows that it must touch: otherwise the batch is rolled back with ErrStale.
type Statement struct {
	SQL     string
	Args    []any
	Affects int64
}

var (
	// ErrStale is returned by Write when a statement touched another number of
	// rows than it must: somebody else was first. Nothing was written.
	ErrStale = errors.New("row was changed by another writer")
	// ErrUnavailable is wrapped by errors that a later try may not meet: lost
	// connections, a server starting or stopping, deadlocks, a full disk.
	ErrUnavailable = errors.New("database is unavailable")
	// ErrRejected is wrapped by errors that the same statement always meets:
	// a broken constraint, a value that the type cannot hold.
	ErrRejected = errors.New("database rejected the data")
	// ErrNoSchema is wrapped where a statement names a schema that is not there.
	ErrNoSchema = errors.New("schema does not exist")
)

// Row reads the columns of one row of a result, in order. Destinations are
// pointers to string, int64, bool, float64, []byte, or pointers to those for
// columns that may be null.
type Row interface{ Scan(dest ...any) error }

// DB is the port. All methods are safe for concurrent use.
type DB interface {
	// Write executes the statements in order in one transaction against the
	// schema that they name. All of them name tables of that one schema (they
	// may not touch another one). A nil error means committed; with an error
	// that wraps ErrUnavailable the outcome is unknown.
	Write(ctx context.Context, schema string, batch []Statement) error

	// Query yields the rows of a query over any schemas. The whole sequence
	// reads one snapshot. An error ends it.
	Query(ctx context.Context, sql string, args ...any) iter.Seq2[Row, error]

	// Matching returns the condition of a query that a column (t.words) of rows
	// of the one table that a text index (shop.items_by_words) is of has all of
	// the words that a parameter ($1) holds, with single spaces between them, the
	// last one as the beginning of a word. The parameter must hold a word.
	Matching(index, column, parameter string) string

	// Create creates the schema from DDL whose table and index names are
	// qualified with the schema's name; one that exists is dropped first.
	Create(ctx context.Context, schema, ddl string) error

	// Exists reports whether the schema is there.
	Exists(ctx context.Context, schema string) (bool, error)

	// Drop removes the schema and all in it; a missing one is no error.
	Drop(ctx context.Context, schema string) error

	// Promote makes one schema take another's name and place, whose old content
	// is dropped, in one step that readers and writers never see half done. It
	// first checks, in that step, that check (a query over both schemas) yields
	// at least one row: otherwise nothing is changed and ErrStale is returned.
	Promote(ctx context.Context, from, to, check string) error

	// Tables returns the names of a schema's tables, in alphabetical order.
	Tables(ctx context.Context, schema string) ([]string, error)

	// Lead waits until this process alone holds the named leadership. It is lost
	// when the lease's Lost channel closes. Leadership avoids doubled work and
	// is no guarantee: checkpoints are.
	Lead(ctx context.Context, name string) (Lease, error)

	// Ping reports whether the database answers.
	Ping(ctx context.Context) error

	// Close waits for calls in flight and frees everything.
	Close() error
}

// Lease is a held leadership.
type Lease interface {
	// Lost is closed when leadership is gone without Release.
	Lost() <-chan struct{}
	// Release gives leadership back. It may be called more than once.
	Release()
}
