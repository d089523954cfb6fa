package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	_ "modernc.org/sqlite" // the driver
)

// maxStatements bounds the prepared statements of one connection.
const maxStatements = 256

// checkpointPages is the length of the WAL, in pages of 8 KiB, from which a
// commit is followed by a checkpoint; checkpointCommits and checkpointRows are
// how much is written between two looks at that length.
const (
	checkpointPages   = 4000
	checkpointCommits = 64
	checkpointRows    = 2000
)

// conn is one connection with its prepared statements. Its main database is an
// empty one in memory: all data is attached. It serves one caller at a time.
type conn struct {
	pool       *sql.DB
	conn       *sql.Conn
	statements map[string]*sql.Stmt
}

// dial opens a connection with settings, which are pragmas.
func dial(settings ...string) (*conn, error) {
	dsn := "file::memory:?_pragma=busy_timeout(10000)&_pragma=wal_autocheckpoint(0)&_pragma=temp_store(memory)"
	for _, setting := range settings {
		dsn += "&_pragma=" + setting
	}
	pool, err := sql.Open("sqlite", dsn)
	if err != nil {
		return nil, fmt.Errorf("open SQLite: %w", err)
	}
	single, err := pool.Conn(context.Background())
	if err != nil {
		return nil, errors.Join(fmt.Errorf("connect to SQLite: %w", err), pool.Close())
	}
	return &conn{pool: pool, conn: single, statements: map[string]*sql.Stmt{}}, nil
}

// attach makes a file readable under the name of a schema.
func (c *conn) attach(path, schema string, pragmas ...string) error {
	ctx := context.Background()
	if _, err := c.conn.ExecContext(ctx, "attach database $1 as "+schema, path); err != nil {
		return fmt.Errorf("attach %s: %w", schema, err)
	}
	for _, pragma := range pragmas {
		if _, err := c.conn.ExecContext(ctx, "pragma "+schema+"."+pragma); err != nil {
			return fmt.Errorf("set %s of %s: %w", pragma, schema, err)
		}
	}
	return nil
}

func (c *conn) run(ctx context.Context, sql string) error {
	_, err := c.exec(ctx, sql, nil)
	return err
}

// exec runs a statement and returns how many rows it touched.
func (c *conn) exec(ctx context.Context, sql string, args []any) (int64, error) {
	statement, err := c.prepare(ctx, sql)
	if err != nil {
		return 0, err
	}
	result, err := statement.ExecContext(ctx, args...)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

func (c *conn) query(ctx context.Context, sql string, args []any) (*sql.Rows, error) {
	statement, err := c.prepare(ctx, sql)
	if err != nil {
		return nil, err
	}
	return statement.QueryContext(ctx, args...)
}

func (c *conn) prepare(ctx context.Context, sql string) (*sql.Stmt, error) {
	if statement, ok := c.statements[sql]; ok {
		return statement, nil
	}
	if len(c.statements) >= maxStatements {
		c.forget()
	}
	statement, err := c.conn.PrepareContext(ctx, positional(sql))
	if err != nil {
		return nil, err
	}
	c.statements[sql] = statement
	return statement, nil
}

func (c *conn) forget() {
	for _, statement := range c.statements {
		_ = statement.Close()
	}
	clear(c.statements)
}

// checkpoint moves the WAL of a schema into its file once it is long. It never
// waits for readers.
func (c *conn) checkpoint(schema string) error {
	var busy, pages, done int64
	const ask, act = "wal_checkpoint(noop)", "wal_checkpoint(passive)"
	for _, pragma := range []string{ask, act} {
		rows, err := c.query(context.Background(), "pragma "+schema+"."+pragma, nil)
		if err != nil {
			return err
		}
		for rows.Next() {
			err = rows.Scan(&busy, &pages, &done)
		}
		if err := errors.Join(err, rows.Close()); err != nil || pages-done < checkpointPages {
			return err
		}
	}
	return nil
}

func (c *conn) close() error {
	c.forget()
	return errors.Join(c.conn.Close(), c.pool.Close())
}
