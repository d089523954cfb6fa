package postgres

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"parley/domain/sqldb"
)

// lockWait bounds, in milliseconds, how long a change of schemas waits for a
// table. It must stay below the server's deadlock_timeout of a second: so it is
// always the change that gives way and never a reader or writer that fails.
const lockWait = 200

// changeLock is the class of the advisory locks that put changes of one schema
// in order.
const changeLock = 0x7061726c

// Promote swaps the schemas in one transaction. The planner gets to know the new
// tables before: they were filled faster than the server looks by itself.
func (db *DB) Promote(ctx context.Context, from, to, check string) error {
	if err := checkName(to); err != nil {
		return err
	}
	if err := db.analyze(ctx, from); err != nil {
		return err
	}
	return db.change(ctx, "promote", from, func(tx pgx.Tx) error {
		return promote(ctx, tx, from, to, check)
	})
}

// analyze gathers the statistics of a schema's tables.
func (db *DB) analyze(ctx context.Context, schema string) error {
	tables, err := db.Tables(ctx, schema)
	if err != nil {
		return fmt.Errorf("promote schema %s: %w", schema, err)
	}
	for _, table := range tables {
		name := pgx.Identifier{schema, table}.Sanitize()
		if _, err := db.writers.Exec(ctx, "analyze "+name); err != nil {
			return fmt.Errorf("analyze %s: %w", name, db.classifyMissing(ctx, err))
		}
	}
	return nil
}

func promote(ctx context.Context, tx pgx.Tx, from, to, check string) error {
	if err := lockSchema(ctx, tx, to); err != nil {
		return err
	}
	if err := lockTables(ctx, tx, from, to); err != nil {
		return err
	}
	var holds bool
	if err := tx.QueryRow(ctx, "select exists("+strings.TrimRight(check, "; \t\r\n")+")").Scan(&holds); err != nil {
		return fmt.Errorf("check: %w", err)
	}
	if !holds {
		return sqldb.ErrStale
	}
	_, err := tx.Exec(ctx, "drop schema if exists "+to+" cascade; alter schema "+from+" rename to "+to)
	return err
}

// change runs a change of schemas in a transaction, again and again while its
// locks cannot be had at once.
func (db *DB) change(ctx context.Context, verb, schema string, step func(pgx.Tx) error) error {
	if err := checkName(schema); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, db.config.Timeout)
	defer cancel()
	for {
		err := db.tryChange(ctx, schema, step)
		if err == nil {
			return nil
		}
		gaveWay := hasCode(err, codeLockTimeout, codeDeadlock) || planChanged(err)
		if !gaveWay || !pause(ctx, 10*time.Millisecond+rand.N(50*time.Millisecond)) {
			if errors.Is(err, sqldb.ErrStale) {
				return err
			}
			return fmt.Errorf("%s schema %s: %w", verb, schema, db.classifyMissing(ctx, err))
		}
	}
}

func (db *DB) tryChange(ctx context.Context, schema string, step func(pgx.Tx) error) error {
	return pgx.BeginFunc(ctx, db.writers, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, fmt.Sprintf("set local lock_timeout = %d", lockWait)); err != nil {
			return err
		}
		if err := lockSchema(ctx, tx, schema); err != nil {
			return err
		}
		return step(tx)
	})
}

func lockSchema(ctx context.Context, tx pgx.Tx, schema string) error {
	_, err := tx.Exec(ctx, "select pg_advisory_xact_lock($1, hashtext($2))", changeLock, schema)
	return err
}

// lockTables keeps everybody else out of all tables of the schemas.
func lockTables(ctx context.Context, tx pgx.Tx, schemas ...string) error {
	var qualified []string
	for _, schema := range schemas {
		names, err := tables(ctx, tx, schema)
		if err != nil {
			return err
		}
		for _, name := range names {
			qualified = append(qualified, pgx.Identifier{schema, name}.Sanitize())
		}
	}
	if len(qualified) == 0 {
		return nil
	}
	_, err := tx.Exec(ctx, "lock table "+strings.Join(qualified, ", ")+" in access exclusive mode")
	return err
}

// pause waits and reports whether the context still stands.
func pause(ctx context.Context, wait time.Duration) bool {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}
