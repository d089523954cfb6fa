package sqlite_test

import (
	"log/slog"
	"testing"

	"go.uber.org/goleak"

	"parley/adapters/adaptertest"
	"parley/adapters/sqlite"
	"parley/domain/sqldb"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestDB_keeps_the_contract(t *testing.T) {
	t.Parallel()
	adaptertest.SQLDB(t, func(t *testing.T) sqldb.DB { return open(t, t.TempDir()) })
}

// open returns a DB that the test's end closes.
func open(tb testing.TB, dir string) *sqlite.DB {
	tb.Helper()
	db, err := sqlite.Open(sqlite.Config{Dir: dir, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := db.Close(); err != nil {
			tb.Error(err)
		}
	})
	return db
}
