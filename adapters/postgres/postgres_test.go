package postgres_test

import (
	"context"
	"log/slog"
	"testing"

	"go.uber.org/goleak"

	"parley/adapters/adaptertest"
	"parley/adapters/adaptertest/pgtest"
	"parley/adapters/postgres"
	"parley/domain/sqldb"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestDB_keeps_the_contract(t *testing.T) {
	t.Parallel()
	adaptertest.SQLDB(t, func(t *testing.T) sqldb.DB { return open(t, pgtest.Start(t)) })
}

func TestDB_keeps_the_contract_between_instances(t *testing.T) {
	t.Parallel()
	adaptertest.SQLDBAcross(t, func(t *testing.T) (first, second sqldb.DB) {
		url := pgtest.Start(t)
		return open(t, url), open(t, url)
	})
}

// open returns a DB that the test's end closes.
func open(tb testing.TB, url string) *postgres.DB {
	tb.Helper()
	db, err := postgres.Open(context.Background(), postgres.Config{URL: url, MaxConns: 6, Logger: slog.New(slog.DiscardHandler)})
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
