package sqlite

import (
	"context"
	"fmt"

	"parley/adapters/direct"
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
	direct     *direct.Conn
	statements map[string]*direct.Stmt
}

// dial opens a connection with settings, which are pragmas. It attaches files that
// exist.
func dial(settings ...string) (*conn, error) {
	return dialTo(direct.File{Path: ":memory:"}, settings...)
}

// dialNew opens a connection that makes the files that it attaches.
func dialNew() (*conn, error) { return dialTo(direct.File{Path: ":memory:", Create: true}) }

func dialTo(main direct.File, settings ...string) (*conn, error) {
	settings = append([]string{"busy_timeout(10000)", "wal_autocheckpoint(0)", "temp_store(memory)"}, settings...)
	connection, err := main.Open(settings...)
	if err != nil {
		return nil, fmt.Errorf("connect to SQLite: %w", err)
	}
	return &conn{direct: connection, statements: map[string]*direct.Stmt{}}, nil
}

// attach makes a file readable under the name of a schema.
func (c *conn) attach(path, schema string, pragmas ...string) error {
	if err := c.direct.Run("attach database ? as "+schema, path); err != nil {
		return fmt.Errorf("attach %s: %w", schema, err)
	}
	for _, pragma := range pragmas {
		if err := c.direct.Run("pragma " + schema + "." + pragma); err != nil {
			return fmt.Errorf("set %s of %s: %w", pragma, schema, err)
		}
	}
	return nil
}

func (c *conn) detach(schema string) error { return c.direct.Run("detach database " + schema) }

// run carries out a statement that has no parameters.
func (c *conn) run(sql string) error {
	_, err := c.exec(sql, nil)
	return err
}

// exec runs a statement and returns how many rows it touched.
func (c *conn) exec(sql string, args []any) (int64, error) {
	statement, err := c.prepare(sql)
	if err != nil {
		return 0, err
	}
	defer statement.Reset()
	if err := statement.Bind(args...); err != nil {
		return 0, err
	}
	if err := statement.Run(); err != nil {
		return 0, err
	}
	return c.direct.Changes(), nil
}

func (c *conn) prepare(sql string) (*direct.Stmt, error) {
	if statement, ok := c.statements[sql]; ok {
		return statement, nil
	}
	if len(c.statements) >= maxStatements {
		c.direct.Forget()
		clear(c.statements)
	}
	statement, err := c.direct.Prepare(parameters(sql))
	if err == nil {
		c.statements[sql] = statement
	}
	return statement, err
}

// endWith interrupts what is under way when ctx ends, until over is called.
func (c *conn) endWith(ctx context.Context) (over func()) {
	interrupted := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(interrupted)
		c.direct.Interrupt()
	})
	return func() {
		if !stop() {
			<-interrupted
		}
	}
}

// checkpoint moves the WAL of a schema into its file once it is long. It never
// waits for readers.
func (c *conn) checkpoint(schema string) error {
	const ask, act = "wal_checkpoint(noop)", "wal_checkpoint(passive)"
	for _, pragma := range []string{ask, act} {
		pages, done, err := c.walOf("pragma " + schema + "." + pragma)
		if err != nil || pages-done < checkpointPages {
			return err
		}
	}
	return nil
}

// walOf returns how many pages the WAL has, and how many of them are in the file.
func (c *conn) walOf(pragma string) (pages, done int64, err error) {
	statement, err := c.prepare(pragma)
	if err != nil {
		return 0, 0, err
	}
	defer statement.Reset()
	if _, err := statement.Next(); err != nil {
		return 0, 0, err
	}
	return statement.Int(1), statement.Int(2), nil
}

func (c *conn) close() error { return c.direct.Close() }
