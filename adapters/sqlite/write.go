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
	if err := s.conn.run(ctx, "begin immediate"); err != nil {
		return err
	}
	if err := s.execute(ctx, batch); err != nil {
		s.rollBack()
		return err
	}
	if err := s.commit(); err != nil {
		s.rollBack()
		return err
	}
	// The batch is committed: a checkpoint that fails is tried again after the
	// next one, and what is wrong with the disk shows there.
	_ = s.conn.checkpoint(s.name)
	return nil
}

func (s *schema) execute(ctx context.Context, batch []sqldb.Statement) error {
	for _, statement := range batch {
		args, err := convert(statement.Args)
		if err != nil {
			return err
		}
		touched, err := s.conn.exec(ctx, statement.SQL, args)
		if err != nil {
			return err
		}
		if statement.Affects > 0 && touched != statement.Affects {
			return sqldb.ErrStale
		}
	}
	return ctx.Err()
}

// commit is never interrupted, so its outcome is known.
func (s *schema) commit() error {
	s.db.gate.RLock()
	defer s.db.gate.RUnlock()
	return s.conn.run(context.Background(), "commit")
}

// rollBack starts over with another connection when it cannot be sure that the
// transaction is over.
func (s *schema) rollBack() {
	if s.conn.run(context.Background(), "rollback") == nil {
		return
	}
	// SQLite has already rolled back after some errors; then begin works.
	if s.conn.run(context.Background(), "begin") != nil || s.conn.run(context.Background(), "rollback") != nil {
		_ = s.hangUp()
	}
}
