package sqlite

import (
	"context"
	"fmt"

	"parley/domain/sqldb"
)

// Write runs the batch on the schema's own connection. After an error the
// transaction was rolled back, unless it came from the commit itself.
func (db *DB) Write(ctx context.Context, name string, batch []sqldb.Statement) error {
	end, err := db.begin(ctx)
	if err != nil {
		return err
	}
	defer end()
	s, err := db.take(ctx, name)
	if err != nil {
		return fmt.Errorf("write to %w", err)
	}
	defer s.give()
	if err := s.write(ctx, batch); err != nil {
		return fmt.Errorf("write to %s: %w", name, db.classify(err))
	}
	return nil
}

func (s *schema) write(ctx context.Context, batch []sqldb.Statement) error {
	if len(batch) == 0 {
		return nil
	}
	if err := s.connect(); err != nil {
		return err
	}
	if err := s.conn.run("begin immediate"); err != nil {
		return err
	}
	rows, err := s.execute(ctx, batch)
	if err != nil {
		s.rollBack()
		return err
	}
	if err := s.commit(); err != nil {
		s.rollBack()
		return err
	}
	s.written(rows)
	return nil
}

// execute returns how many rows the batch touched.
func (s *schema) execute(ctx context.Context, batch []sqldb.Statement) (rows int64, err error) {
	defer s.conn.endWith(ctx)()
	for _, statement := range batch {
		args, err := convert(statement.Args)
		if err != nil {
			return rows, err
		}
		touched, err := s.conn.exec(statement.SQL, args)
		switch {
		case ctx.Err() != nil: // which may have interrupted it
			return rows, ctx.Err()
		case err != nil:
			return rows, err
		}
		if statement.Affects > 0 && touched != statement.Affects {
			return rows, sqldb.ErrStale
		}
		rows += touched
	}
	return rows, nil
}

// written counts a commit, and checkpoints once enough has been written since
// the last look: looking costs as much as a small commit. The batch is committed:
// a checkpoint that fails is tried again later, and what is wrong with the disk
// shows there.
func (s *schema) written(rows int64) {
	s.commits, s.rows = s.commits+1, s.rows+rows
	if s.commits >= checkpointCommits || s.rows >= checkpointRows {
		s.commits, s.rows = 0, 0
		_ = s.conn.checkpoint(s.name)
	}
}

// commit is never interrupted, so its outcome is known.
func (s *schema) commit() error {
	s.db.gate.RLock()
	defer s.db.gate.RUnlock()
	return s.conn.run("commit")
}

// rollBack starts over with another connection when it cannot be sure that the
// transaction is over.
func (s *schema) rollBack() {
	if s.conn.run("rollback") == nil {
		return
	}
	// SQLite has already rolled back after some errors; then begin works.
	if s.conn.run("begin") != nil || s.conn.run("rollback") != nil {
		_ = s.hangUp()
	}
}
