package eventnode

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"sync/atomic"

	"modernc.org/sqlite"
	sqlitelib "modernc.org/sqlite/lib"

	"parley/adapters/direct"
	"parley/domain/eventlog"
)

// fileName is the log's file in the data folder; SQLite keeps two more beside it.
const fileName = "events.db"

// readers is how many pages are read from the file at the same time.
const readers = 4

// store is the file: readers for pages, a pool of reading connections for other
// questions, and the way to open the one writing connection.
type store struct {
	dir, path  string
	disk       *Disk
	said       testimony // by the witness, when the store was opened
	before     int       // the file's version then
	anchor     *anchor
	index      *os.File // the wal-index
	read       *sql.DB
	write      *sql.DB
	numbering  numbering
	pages      *readerPool
	standings  *standings
	selectRuns *sql.Stmt
	anyRuns    atomic.Bool // false: there are none to look for
}

// openStore opens the file, creating it when it is missing. Before anything can
// write to the files it proves that they hold what the witness says, and leaves
// them as they are when they do not.
func openStore(ctx context.Context, cfg Config) (*store, error) {
	s, err := inspect(ctx, cfg)
	if err != nil {
		return nil, err
	}
	s.write, err = openPool(s.path, cfg.Disk.vfs(), 1, "journal_mode(wal)", "synchronous(full)",
		"wal_autocheckpoint(0)", "journal_size_limit(67108864)", "cache_size(-16384)")
	if err == nil && s.before == 0 {
		err = s.create(ctx, cfg)
	}
	if err == nil {
		s.index, err = os.Open(s.path + "-shm")
	}
	if err != nil {
		return nil, errors.Join(err, s.close())
	}
	return s, nil
}

// create makes an empty log.
func (s *store) create(ctx context.Context, cfg Config) error {
	conn, err := s.write.Conn(ctx)
	if err != nil {
		return fmt.Errorf("create event log: %w", err)
	}
	defer conn.Close()
	if err := create(ctx, conn, cfg.numbering()); err != nil {
		return err
	}
	if s.anchor == nil {
		return s.openForReading(ctx)
	}
	return s.beginReading(ctx)
}

// openForReading opens the connections that never write, the anchor first.
func (s *store) openForReading(ctx context.Context) (err error) {
	if s.anchor, err = openAnchor(s.file()); err != nil {
		return err
	}
	s.pages = newReaderPool(s.file(), readers)
	if s.before, err = s.version(); err != nil || s.before == 0 {
		return err
	}
	return s.beginReading(ctx)
}

// beginReading makes ready to read a log whose tables are there.
func (s *store) beginReading(ctx context.Context) (err error) {
	if err := s.readNumbering(); err != nil {
		return err
	}
	if s.read, err = openPool(s.path, s.disk.vfs(), readers, "query_only(1)", "cache_size(-4096)"); err != nil {
		return err
	}
	return s.prepareRuns(ctx)
}

func (s *store) file() direct.File { return direct.File{Path: s.path, VFS: s.disk.vfs()} }

func openPool(path, vfs string, size int, pragmas ...string) (*sql.DB, error) {
	query := url.Values{"_pragma": append([]string{"busy_timeout(5000)"}, pragmas...), "_txlock": {"immediate"}}
	if vfs != "" {
		query.Set("vfs", vfs)
	}
	dsn := url.URL{Scheme: "file", OmitHost: true, Path: path, RawQuery: query.Encode()}
	db, err := sql.Open("sqlite", dsn.String())
	if err != nil {
		return nil, fmt.Errorf("open event log: %w", err)
	}
	db.SetMaxOpenConns(size)
	db.SetMaxIdleConns(size)
	return db, nil
}

// readNumbering reads how the log is numbered.
func (s *store) readNumbering() error {
	first, err := s.anchor.int("select first_position from node where id = 1")
	if err != nil {
		return fmt.Errorf("read numbering: %w", err)
	}
	stride, err := s.anchor.int("select stride from node where id = 1")
	if err != nil || stride <= 0 {
		return errors.Join(errors.New("read numbering"), err)
	}
	s.numbering = numbering{first: eventlog.Position(first), stride: eventlog.Position(stride)}
	return nil
}

// end returns the last event in the file, once it has proved whole; the zero
// record of an empty log.
func (s *store) end(ctx context.Context) (Record, error) {
	last, err := s.anchor.int("select coalesce(max(position), 0) from events")
	if err != nil {
		return Record{}, fmt.Errorf("find last event: %w", err)
	}
	if last == 0 {
		return Record{}, nil
	}
	records, err := s.allBackwards(ctx, eventlog.Position(last), 1)
	if err != nil {
		return Record{}, fmt.Errorf("check last event: %w", err)
	}
	return records[0], nil
}

// close closes all connections, the anchor last; reads under way end first.
func (s *store) close() error {
	var errs []error
	if s.pages != nil {
		s.pages.close()
	}
	for _, db := range []*sql.DB{s.read, s.write} {
		if db != nil {
			errs = append(errs, db.Close())
		}
	}
	if s.anchor != nil {
		errs = append(errs, s.anchor.conn.Close())
	}
	// Closing it before SQLite is done would take SQLite's locks away.
	if s.index != nil {
		errs = append(errs, s.index.Close())
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
