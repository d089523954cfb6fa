package sqlite

import (
	"context"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"

	"parley/domain/sqldb"
)

// Query runs one statement on a connection that only reads. A row is valid
// until the next one. Leaving the loop early ends the statement.
func (db *DB) Query(ctx context.Context, sql string, args ...any) iter.Seq2[sqldb.Row, error] {
	return func(yield func(sqldb.Row, error) bool) {
		end, err := db.begin(ctx)
		if err == nil {
			defer end()
			err = db.stream(ctx, sql, args, yield)
		}
		if err != nil {
			yield(nil, fmt.Errorf("query: %w", db.classify(err)))
		}
	}
}

// stream yields the rows and returns the error that ended them.
func (db *DB) stream(ctx context.Context, sql string, args []any, yield func(sqldb.Row, error) bool) error {
	converted, err := convert(args)
	if err != nil {
		return err
	}
	r, err := db.readers.acquire(ctx)
	if err != nil {
		return err
	}
	broken := true
	defer func() { db.readers.release(r, broken) }()
	names := db.names.of(sql)
	files := db.filesOf(names)
	if err := r.attach(names, files); err != nil {
		return err
	}
	finish, err := r.snapshot(files)
	if err != nil {
		return err
	}
	err = r.rows(ctx, sql, converted, yield)
	broken = finish() != nil
	return err
}

func (r *reader) rows(ctx context.Context, sql string, args []any, yield func(sqldb.Row, error) bool) error {
	rows, err := r.conn.query(ctx, sql, args)
	if err != nil {
		return err
	}
	for rows.Next() {
		if !yield(rows, nil) {
			return rows.Close()
		}
	}
	if err := rows.Err(); err != nil {
		_ = rows.Close()
		return err
	}
	return rows.Close()
}

// snapshot makes a query over several files see them as of one moment. One
// statement over one file has its own snapshot.
func (r *reader) snapshot(files map[string]*dataFile) (finish func() error, err error) {
	if len(files) < 2 {
		return func() error { return nil }, nil
	}
	var touch strings.Builder
	for i, name := range slices.Sorted(maps.Keys(files)) {
		if i > 0 {
			touch.WriteString(" union all ")
		}
		touch.WriteString("select count(*) from " + name + ".sqlite_schema")
	}
	ctx := context.Background()
	if err := r.conn.run(ctx, "begin"); err != nil {
		return nil, err
	}
	r.db.gate.Lock()
	err = r.conn.run(ctx, touch.String())
	r.db.gate.Unlock()
	return func() error { return r.conn.run(ctx, "commit") }, err
}
