package ops_test

import (
	"context"
	"sync"
	"testing"

	"parley/domain/ops"
	"parley/domain/sqldb"
	"parley/projections/projectiontest"
)

// former is the schema as it was made before there were sessions.
const former = `create table ops.snapshots (stream text primary key)`

func TestPrepare_makes_what_is_missing_once_on_both_databases(t *testing.T) {
	t.Parallel()
	projectiontest.Each(t, func(t *testing.T, db sqldb.DB) {
		if err := db.Create(t.Context(), ops.Schema, former); err != nil {
			t.Fatal(err)
		}
		var all sync.WaitGroup
		for n := range 8 {
			all.Go(func() { prepareAndWrite(t, db, string(rune('a'+n))) })
		}
		all.Wait()
		if got := count(t.Context(), t, db); got != 8 {
			t.Errorf("%d of 8 sessions are there: the schema was made again over them", got)
		}
	})
}

func prepareAndWrite(t *testing.T, db sqldb.DB, token string) {
	if err := ops.Prepare(t.Context(), db); err != nil {
		t.Errorf("prepare: %v", err)
		return
	}
	err := db.Write(t.Context(), ops.Schema, []sqldb.Statement{{
		SQL: "insert into ops.sessions (token, data, expires_at) values ($1, '', 0)", Args: []any{token},
	}})
	if err != nil {
		t.Errorf("write: %v", err)
	}
}

func count(ctx context.Context, t *testing.T, db sqldb.DB) (n int64) {
	t.Helper()
	for row, err := range db.Query(ctx, "select count(*) from ops.sessions") {
		if err != nil {
			t.Fatal(err)
		}
		if err := row.Scan(&n); err != nil {
			t.Fatal(err)
		}
	}
	return n
}
