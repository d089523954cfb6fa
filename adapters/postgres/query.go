package postgres

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"regexp"

	"github.com/jackc/pgx/v5/pgconn"

	"parley/domain/sqldb"
)

// Query runs one statement, which the server holds to read only. A row is valid
// until the next one. Leaving the loop early ends the statement.
func (db *DB) Query(ctx context.Context, sql string, args ...any) iter.Seq2[sqldb.Row, error] {
	return func(yield func(sqldb.Row, error) bool) {
		ctx, cancel := context.WithTimeout(ctx, db.config.Timeout)
		defer cancel()
		started, err := db.stream(ctx, sql, args, yield)
		if !started && planChanged(err) {
			_, err = db.stream(ctx, sql, args, yield)
		}
		if err != nil {
			yield(nil, fmt.Errorf("query: %w", db.classifyQuery(ctx, err)))
		}
	}
}

// stream yields the rows and reports whether it yielded any, and the error that
// ended them.
func (db *DB) stream(ctx context.Context, sql string, args []any, yield func(sqldb.Row, error) bool) (bool, error) {
	rows, err := db.readers.Query(ctx, sql, args...)
	if err != nil {
		return false, err
	}
	defer rows.Close()
	started := false
	for rows.Next() {
		started = true
		if !yield(rows, nil) {
			return true, nil
		}
	}
	return started, rows.Err()
}

// classifyQuery differs from classifyMissing in that an attempt to write is a
// defect of the query and no server on standby.
func (db *DB) classifyQuery(ctx context.Context, err error) error {
	if hasCode(err, codeReadOnly) {
		return err
	}
	return db.classifyMissing(ctx, err)
}

// missing finds the schema in the server's words for a missing relation, which
// are quoted alike in all its languages.
var missing = regexp.MustCompile(`"([a-z][a-z0-9_]*)\.[^"]+"`)

// classifyMissing tells a missing schema from a missing table, which the server
// answers in the same way.
func (db *DB) classifyMissing(ctx context.Context, err error) error {
	var server *pgconn.PgError
	if !errors.As(err, &server) || server.Code != codeNoTable {
		return classify(err)
	}
	name := missing.FindStringSubmatch(server.Message)
	if name == nil {
		return err
	}
	if absent := db.requireSchema(ctx, name[1]); absent != nil {
		return fmt.Errorf("%w: %w", absent, err)
	}
	return err
}
