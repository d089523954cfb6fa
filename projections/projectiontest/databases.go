package projectiontest

import (
	"testing"

	"parley/adapters/adaptertest/pgtest"
	"parley/adapters/postgres"
	"parley/adapters/sqlite"
	"parley/domain/sqldb"
)

// databases are the implementations that a read model must be the same on.
var databases = []struct {
	name string
	open func(testing.TB) sqldb.DB
}{
	{"postgres", PostgreSQL},
	{"sqlite", SQLite},
}

// Each runs a test on an empty database of each kind, in parallel.
func Each(t *testing.T, test func(t *testing.T, db sqldb.DB)) {
	t.Helper()
	for _, d := range databases {
		t.Run(d.name, func(t *testing.T) {
			t.Parallel()
			test(t, d.open(t))
		})
	}
}

// PostgreSQL returns an empty database on a real server. It is closed and
// dropped when the test ends.
func PostgreSQL(tb testing.TB) sqldb.DB {
	tb.Helper()
	db, err := postgres.Open(tb.Context(), postgres.Config{URL: pgtest.Start(tb)})
	return closing(tb, db, err)
}

// SQLite returns an empty database in a temporary folder. It is closed when the
// test ends.
func SQLite(tb testing.TB) sqldb.DB {
	tb.Helper()
	db, err := sqlite.Open(sqlite.Config{Dir: tb.TempDir()})
	return closing(tb, db, err)
}

func closing(tb testing.TB, db sqldb.DB, err error) sqldb.DB {
	tb.Helper()
	if err != nil {
		tb.Fatalf("open database: %v", err)
	}
	tb.Cleanup(func() {
		if err := db.Close(); err != nil {
			tb.Errorf("close database: %v", err)
		}
	})
	return db
}
