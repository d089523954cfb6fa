package postgres

import (
	"context"
	"fmt"
	"sync"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"parley/domain/sqldb"
)

// DB is the database port over PostgreSQL. It is safe for concurrent use.
type DB struct {
	config  Config
	writers *pgxpool.Pool
	readers *pgxpool.Pool
	session *pgx.ConnConfig // for the connections of leaderships

	closing context.Context
	close   context.CancelFunc
	leases  sync.WaitGroup
}

var _ sqldb.DB = (*DB)(nil)

// Open prepares the use of a database without connecting: that the server is
// down is no error here, but one that wraps ErrUnavailable at each call. A
// malformed URL is an error that says how to write it.
func Open(ctx context.Context, config Config) (*DB, error) {
	config.setDefaults()
	write, err := config.pool(writerConns, config.writerSettings())
	if err != nil {
		return nil, err
	}
	read, err := config.pool(config.MaxConns, readerSettings())
	if err != nil {
		return nil, err
	}
	session := write.ConnConfig.Copy()
	setDefault(session.RuntimeParams, "idle_session_timeout", leaseSilence)

	db := &DB{config: config, session: session}
	if db.writers, err = pgxpool.NewWithConfig(ctx, write); err != nil {
		return nil, fmt.Errorf("open the pool for writing: %w", err)
	}
	if db.readers, err = pgxpool.NewWithConfig(ctx, read); err != nil {
		db.writers.Close()
		return nil, fmt.Errorf("open the pool for reading: %w", err)
	}
	db.closing, db.close = context.WithCancel(context.WithoutCancel(ctx))
	return db, nil
}

// Ping reports whether the server answers.
func (db *DB) Ping(ctx context.Context) error {
	if err := db.readers.Ping(ctx); err != nil {
		return fmt.Errorf("ping: %w", classify(err))
	}
	return nil
}

// Close ends all leaderships and candidacies, waits for calls in flight and
// closes the connections. It may be called more than once.
func (db *DB) Close() error {
	db.close()
	db.leases.Wait()
	db.writers.Close()
	db.readers.Close()
	return nil
}
