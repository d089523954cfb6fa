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
	statement, err := r.conn.prepare(sql)
	if err != nil {
		return err
	}
	defer statement.Reset()
	if err := statement.Bind(args...); err != nil {
		return err
	}
	defer r.conn.endWith(ctx)()
	for {
		more, err := statement.Next()
		switch {
		case err == nil && !more:
			return nil
		case ctx.Err() != nil:
			return ctx.Err()
		case err != nil:
			return err
		case !yield(row{statement}, nil):
			return nil
		}
	}
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
	if err := r.conn.run("begin"); err != nil {
		return nil, err
	}
	r.db.gate.Lock()
	err = r.conn.run(touch.String())
	r.db.gate.Unlock()
	return func() error { return r.conn.run("commit") }, err
}
