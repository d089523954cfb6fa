package sqlite

import (
	"context"
	"fmt"
	"regexp"
	"slices"

	"parley/domain/sqldb"
)

// schema is one entry of the catalog with its connection for writing. Whoever
// put a token into turn owns conn and all that follows it.
type schema struct {
	db   *DB
	name string
	file *dataFile
	turn chan struct{}
	conn *conn
	gone bool // replaced or dropped: look the name up again

	commits int   // since the last look at the WAL
	rows    int64 // touched by them
}

func newSchema(db *DB, name string, file *dataFile) *schema {
	return &schema{db: db, name: name, file: file, turn: make(chan struct{}, 1)}
}

// take waits for the turn of the schema that has the name when the turn comes.
func (db *DB) take(ctx context.Context, name string) (*schema, error) {
	for {
		s := db.lookup(name)
		if s == nil {
			return nil, fmt.Errorf("%s: %w", name, sqldb.ErrNoSchema)
		}
		select {
		case s.turn <- struct{}{}:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
		if !s.gone {
			return s, nil
		}
		s.give()
	}
}

func (s *schema) give() { <-s.turn }

func (db *DB) lookup(name string) *schema {
	db.mu.RLock()
	defer db.mu.RUnlock()
	return db.schemas[name]
}

// connect opens the connection for writing on first use.
func (s *schema) connect() (err error) {
	if s.conn != nil {
		return nil
	}
	if s.conn, err = dial(); err != nil {
		return err
	}
	s.db.acquire(s.file)
	pragmas := []string{"synchronous=normal", "cache_size=-16000", "journal_size_limit=67108864"}
	if slices.Contains(s.db.config.Wiped, s.name) {
		pragmas = append(pragmas, "secure_delete=on")
	}
	err = s.conn.attach(s.file.path, s.name, pragmas...)
	if err != nil {
		_ = s.hangUp()
	}
	return err
}

// hangUp closes the connection for writing; the next use opens another.
func (s *schema) hangUp() error {
	if s.conn == nil {
		return nil
	}
	err := s.conn.close()
	s.conn = nil
	s.db.release(s.file)
	return err
}

// retire ends the schema's life under its name; its file stays.
func (s *schema) retire() {
	_ = s.hangUp()
	s.gone = true
}

var validName = regexp.MustCompile(`^[a-z][a-z0-9_]{0,62}$`)

// checkName refuses what is no name of a schema, so that names may stand in SQL
// and in file names as they are.
func checkName(name string) error {
	if !validName.MatchString(name) || name == "main" || name == "temp" {
		return fmt.Errorf("%q is not the name of a schema: use a-z, 0-9 and _, at most 63 letters", name)
	}
	return nil
}

// Exists reports whether the schema is there.
func (db *DB) Exists(ctx context.Context, name string) (bool, error) {
	end, err := db.begin(ctx)
	if err != nil {
		return false, err
	}
	defer end()
	return db.lookup(name) != nil, checkName(name)
}

// Tables returns the names of the schema's tables, or ErrNoSchema.
func (db *DB) Tables(ctx context.Context, name string) ([]string, error) {
	if err := checkName(name); err != nil {
		return nil, err
	}
	if db.lookup(name) == nil {
		return nil, fmt.Errorf("%s: %w", name, sqldb.ErrNoSchema)
	}
	var tables []string
	// What belongs to an index of words is virtual or shadow.
	list := "select s.name from " + name + ".sqlite_schema s join pragma_table_list l on l.schema = '" + name +
		"' and l.name = s.name where l.type = 'table' and s.name not like 'sqlite\\_%' escape '\\' order by s.name"
	for row, err := range db.Query(ctx, list) {
		if err != nil {
			return nil, fmt.Errorf("list tables of %s: %w", name, err)
		}
		var table string
		if err := row.Scan(&table); err != nil {
			return nil, fmt.Errorf("list tables of %s: %w", name, err)
		}
		tables = append(tables, table)
	}
	return tables, nil
}
