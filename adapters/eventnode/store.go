package eventnode

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"

	"modernc.org/sqlite"
	sqlitelib "modernc.org/sqlite/lib"

	"parley/adapters/eventnode/direct"
	"parley/domain/eventlog"
)

// fileName is the log's file in the data folder; SQLite keeps two more beside it.
const fileName = "events.db"

// readers is how many pages are read from the file at the same time.
const readers = 4

// store is the file: readers for pages, a pool of reading connections for other
// questions, and the way to open the one writing connection.
type store struct {
	path       string
	read       *sql.DB
	write      *sql.DB
	numbering  numbering
	pages      *readerPool
	lastOfName *sql.Stmt
}

// openStore opens the file, creating it when it is missing.
func openStore(ctx context.Context, cfg Config) (*store, error) {
	dir, err := filepath.Abs(cfg.Dir)
	if err != nil {
		return nil, fmt.Errorf("resolve data folder: %w", err)
	}
	s := &store{path: filepath.Join(dir, fileName)}
	s.pages = newReaderPool(s.path, readers)
	// The writer opens first: it creates the file and turns it to WAL.
	s.write, err = openPool(s.path, 1, "journal_mode(wal)", "synchronous(full)",
		"wal_autocheckpoint(4000)", "journal_size_limit(67108864)", "cache_size(-16384)")
	if err != nil {
		return nil, err
	}
	if err := s.prepareFile(ctx, cfg); err != nil {
		return nil, errors.Join(err, s.close())
	}
	if s.read, err = openPool(s.path, readers, "query_only(1)", "cache_size(-4096)"); err != nil {
		return nil, errors.Join(err, s.close())
	}
	if err := s.prepareReads(ctx); err != nil {
		return nil, errors.Join(err, s.close())
	}
	return s, nil
}

func openPool(path string, size int, pragmas ...string) (*sql.DB, error) {
	query := url.Values{"_pragma": append([]string{"busy_timeout(5000)"}, pragmas...), "_txlock": {"immediate"}}
	dsn := url.URL{Scheme: "file", OmitHost: true, Path: path, RawQuery: query.Encode()}
	db, err := sql.Open("sqlite", dsn.String())
	if err != nil {
		return nil, fmt.Errorf("open event log: %w", err)
	}
	db.SetMaxOpenConns(size)
	db.SetMaxIdleConns(size)
	return db, nil
}

// prepareFile creates what is missing and reads how the log is numbered.
func (s *store) prepareFile(ctx context.Context, cfg Config) error {
	conn, err := s.write.Conn(ctx)
	if err != nil {
		return fmt.Errorf("open event log: %w", err)
	}
	defer conn.Close()
	if err := migrate(ctx, conn, cfg); err != nil {
		return err
	}
	var first, stride int64
	row := conn.QueryRowContext(ctx, "select first_position, stride from node where id = 1")
	if err := row.Scan(&first, &stride); err != nil {
		return fmt.Errorf("read numbering: %w", err)
	}
	s.numbering = numbering{first: eventlog.Position(first), stride: eventlog.Position(stride)}
	return nil
}

// head returns the position of the last event in the file, once that event has
// proved whole.
func (s *store) head(ctx context.Context) (eventlog.Position, error) {
	var last sql.NullInt64
	if err := s.read.QueryRowContext(ctx, "select max(position) from events").Scan(&last); err != nil {
		return 0, fmt.Errorf("find last event: %w", err)
	}
	if !last.Valid {
		return eventlog.Start, nil
	}
	if _, err := s.allBackwards(ctx, eventlog.Position(last.Int64), 1); err != nil {
		return 0, fmt.Errorf("check last event: %w", err)
	}
	return eventlog.Position(last.Int64), nil
}

// flush moves the write-ahead log into the main file and syncs both, so that
// nothing is served that a loss of power could still take back.
func flush(ctx context.Context, conn *sql.Conn) error {
	var busy, frames, moved int
	if err := conn.QueryRowContext(ctx, "pragma wal_checkpoint(truncate)").Scan(&busy, &frames, &moved); err != nil {
		return fmt.Errorf("flush write-ahead log: %w", err)
	}
	if busy != 0 {
		return errors.New("flush write-ahead log: a reader holds it")
	}
	return nil
}

// close closes all connections; reads under way end first.
func (s *store) close() error {
	s.pages.close()
	var errs []error
	for _, db := range []*sql.DB{s.read, s.write} {
		if db != nil {
			errs = append(errs, db.Close())
		}
	}
	return errors.Join(errs...)
}

// damaged reports whether SQLite itself found the file malformed.
func damaged(err error) bool {
	code := 0
	if e, ok := errors.AsType[*sqlite.Error](err); ok {
		code = e.Code()
	}
	if e, ok := errors.AsType[*direct.Error](err); ok {
		code = e.Code
	}
	code &= 0xff
	return code == sqlitelib.SQLITE_CORRUPT || code == sqlitelib.SQLITE_NOTADB
}
