package postgres

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"parley/domain/sqldb"
)

// staleMark is the text that a wrapped statement fails to read as a number when
// it touched another number of rows than it must.
const staleMark = "parley: rows touched:"

// Write sends the statements as one pipeline, which is one transaction.
func (db *DB) Write(ctx context.Context, schema string, batch []sqldb.Statement) error {
	if err := checkName(schema); err != nil {
		return err
	}
	if len(batch) == 0 {
		return db.requireSchema(ctx, schema)
	}
	ctx, cancel := context.WithTimeout(ctx, db.config.Timeout)
	defer cancel()
	err := db.send(ctx, batch)
	if planChanged(err) {
		err = db.send(ctx, batch)
	}
	if err != nil {
		return fmt.Errorf("write to %s: %w", schema, db.classifyMissing(ctx, err))
	}
	return nil
}

// send runs the pipeline and reads all of its results. Whatever error comes
// first undoes the whole.
func (db *DB) send(ctx context.Context, batch []sqldb.Statement) error {
	pipeline := &pgx.Batch{}
	for _, statement := range batch {
		pipeline.Queue(checked(statement), statement.Args...)
	}
	err := db.writers.SendBatch(ctx, pipeline).Close()
	if isStale(err) {
		return sqldb.ErrStale
	}
	return err
}

// checked is the statement's text, made to fail unless it touches as many rows
// as it must.
func checked(statement sqldb.Statement) string {
	if statement.Affects <= 0 {
		return statement.SQL
	}
	sql := strings.TrimRight(statement.SQL, "; \t\r\n")
	if !hasReturning.MatchString(sql) {
		sql += " returning 1"
	}
	return fmt.Sprintf(
		"with touched as (%s) select cast(case when count(*) = %d then '0' else '%s ' || count(*) end as bigint) from touched",
		sql, statement.Affects, staleMark,
	)
}

var hasReturning = regexp.MustCompile(`(?i)\breturning\b`)

func isStale(err error) bool {
	var server *pgconn.PgError
	return errors.As(err, &server) && server.Code == codeInvalidText && strings.Contains(server.Message, staleMark)
}
