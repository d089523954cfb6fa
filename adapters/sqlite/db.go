package sqlite

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"runtime"
	"sync"

	"parley/domain/sqldb"
)

var errClosed = errors.New("database is closed")

// Config says where the files are.
type Config struct {
	// Dir is the folder of the files, created if missing. It belongs to one
	// process at a time, which the caller ensures, and to this package alone.
	Dir string
	// MaxReaders bounds the queries that run at a time; twice the number of
	// processors, and at least four, when zero.
	MaxReaders int
	// Wiped are the schemas in whose files deleted and replaced values are
	// overwritten at once, at the price of some writing.
	Wiped []string
	// Logger hears of files that are missing or left over; slog.Default() when
	// nil.
	Logger *slog.Logger
}

func (c *Config) setDefaults() {
	if c.MaxReaders <= 0 {
		c.MaxReaders = max(4, 2*runtime.GOMAXPROCS(0))
	}
	if c.Logger == nil {
		c.Logger = slog.Default()
	}
}

// DB is the database port over SQLite. It is safe for concurrent use.
type DB struct {
	config  Config
	catalog *catalog // guarded by changes
	changes chan struct{}
	gate    sync.RWMutex // commits pass with RLock, starts of snapshots with Lock
	readers *readerPool
	names   nameCache
	leaders leaders

	mu      sync.RWMutex
	schemas map[string]*schema
	closed  bool
	calls   sync.WaitGroup
}

var _ sqldb.DB = (*DB)(nil)

// Open opens the folder, deletes what a crash left over, and forgets schemas
// whose files somebody removed.
func Open(config Config) (*DB, error) {
	config.setDefaults()
	if err := os.MkdirAll(config.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("create the folder of the read models: %w", err)
	}
	catalog, err := openCatalog(config.Dir, config.Logger)
	if err != nil {
		return nil, err
	}
	db := &DB{config: config, catalog: catalog, changes: make(chan struct{}, 1), schemas: map[string]*schema{}}
	db.readers = newReaderPool(db, config.MaxReaders)
	for name, file := range catalog.Files {
		db.schemas[name] = newSchema(db, name, &dataFile{path: catalog.path(file)})
	}
	return db, nil
}

// begin counts a call in; the caller calls end when it is over.
func (db *DB) begin(ctx context.Context) (end func(), err error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	db.mu.RLock()
	defer db.mu.RUnlock()
	if db.closed {
		return nil, errClosed
	}
	db.calls.Add(1)
	return db.calls.Done, nil
}

// Ping reports whether a query can be answered.
func (db *DB) Ping(ctx context.Context) error {
	for _, err := range db.Query(ctx, "select 1") {
		if err != nil {
			return fmt.Errorf("ping: %w", err)
		}
	}
	return nil
}

// Close ends all leaderships and candidacies, waits for calls in flight and
// closes the connections. It may be called more than once.
func (db *DB) Close() error {
	db.mu.Lock()
	first := !db.closed
	db.closed = true
	db.mu.Unlock()
	db.leaders.close()
	db.calls.Wait()
	if !first {
		return nil
	}
	err := db.readers.close()
	for _, s := range db.schemas {
		err = errors.Join(err, s.hangUp())
	}
	return err
}
