package postgres

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/jackc/pgx/v5"

	"parley/domain/sqldb"
)

var validName = regexp.MustCompile(`^[a-z][a-z0-9_]{0,62}$`)

// checkName refuses what is no name of a schema, so that names may stand in SQL
// as they are.
func checkName(schema string) error {
	if !validName.MatchString(schema) || strings.HasPrefix(schema, "pg_") {
		return fmt.Errorf("%q is not the name of a schema: use a-z, 0-9 and _, at most 63 letters", schema)
	}
	return nil
}

// Create makes the schema from the DDL in one transaction.
func (db *DB) Create(ctx context.Context, schema, ddl string) error {
	return db.change(ctx, "create", schema, func(tx pgx.Tx) error {
		if err := drop(ctx, tx, schema); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, "create schema "+schema+";"+translate(ddl))
		return err
	})
}

// Drop removes the schema in one transaction, after its readers have finished.
func (db *DB) Drop(ctx context.Context, schema string) error {
	return db.change(ctx, "drop", schema, func(tx pgx.Tx) error { return drop(ctx, tx, schema) })
}

// drop locks the tables first, in the manner of Promote.
func drop(ctx context.Context, tx pgx.Tx, schema string) error {
	if err := lockTables(ctx, tx, schema); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, "drop schema if exists "+schema+" cascade")
	return err
}

// Exists reports whether the schema is there.
func (db *DB) Exists(ctx context.Context, schema string) (bool, error) {
	if err := checkName(schema); err != nil {
		return false, err
	}
	err := db.requireSchema(ctx, schema)
	if errors.Is(err, sqldb.ErrNoSchema) {
		return false, nil
	}
	return err == nil, err
}

// Tables returns the names of the schema's tables, or ErrNoSchema.
func (db *DB) Tables(ctx context.Context, schema string) ([]string, error) {
	if err := db.requireSchema(ctx, schema); err != nil {
		return nil, err
	}
	tables, err := tables(ctx, db.readers, schema)
	if err != nil {
		return nil, fmt.Errorf("list tables of %s: %w", schema, classify(err))
	}
	return tables, nil
}

type querier interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
}

func tables(ctx context.Context, from querier, schema string) ([]string, error) {
	rows, err := from.Query(ctx, "select tablename::text from pg_tables where schemaname = $1 order by tablename", schema)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[string])
}

// requireSchema returns nil, an error that wraps ErrNoSchema, or why it could
// not find out.
func (db *DB) requireSchema(ctx context.Context, schema string) error {
	var there bool
	err := db.readers.QueryRow(ctx, "select to_regnamespace($1::text) is not null", schema).Scan(&there)
	if err != nil {
		return fmt.Errorf("look for schema %s: %w", schema, classify(err))
	}
	if !there {
		return fmt.Errorf("%s: %w", schema, sqldb.ErrNoSchema)
	}
	return nil
}
