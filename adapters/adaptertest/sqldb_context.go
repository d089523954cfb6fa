package adaptertest

import (
	"context"
	"time"

	"parley/domain/sqldb"
)

// endless is a query that no database finishes within a test.
const endless = "with recursive c (x) as (select 1 union all select x + 1 from c where x < 2000000000) select count(*) from c"

var dbContextCases = []dbCase{
	{"a context that has ended refuses every call", func(f *dbFixture) {
		f.shop("shop")
		ctx, cancel := context.WithCancel(f.ctx)
		cancel()
		insert := []sqldb.Statement{{SQL: "insert into shop.items (id) values ('a')"}}
		f.wantErr(f.db.Write(ctx, "shop", insert), context.Canceled)
		f.wantErr(f.db.Create(ctx, "annex", "create table annex.a (id text primary key)"), context.Canceled)
		f.wantErr(f.db.Drop(ctx, "shop"), context.Canceled)
		f.wantErr(f.db.Promote(ctx, "shop", "annex", "select 1"), context.Canceled)
		f.wantErr(f.db.Ping(ctx), context.Canceled)
		_, err := f.db.Lead(ctx, "shop")
		f.wantErr(err, context.Canceled)
		for _, err := range f.db.Query(ctx, "select 1") {
			f.wantErr(err, context.Canceled)
		}
		f.want(f.number("select count(*) from shop.items"), int64(0))
		f.wantExists("annex", false)
	}},
	{"a query ends with its context", func(f *dbFixture) {
		ctx, cancel := context.WithTimeout(f.ctx, 100*time.Millisecond)
		defer cancel()
		failed := false
		for _, err := range f.db.Query(ctx, endless) {
			f.wantErr(err, context.DeadlineExceeded)
			failed = true
		}
		f.want(failed, true)
		f.want(f.number("select 1"), int64(1))
	}},
	{"a write ends with its context and the next one works", func(f *dbFixture) {
		f.shop("shop")
		ctx, cancel := context.WithTimeout(f.ctx, 100*time.Millisecond)
		defer cancel()
		err := f.db.Write(ctx, "shop", []sqldb.Statement{
			{SQL: "insert into shop.items (id) values ('a')"},
			{SQL: "insert into shop.items (id, n) with v (x) as (" + endless + ") select 'b', x from v"},
		})
		f.wantErr(err, context.DeadlineExceeded)
		f.write("shop", "insert into shop.items (id) values ('c')")
		f.want(f.rows(1, "select id from shop.items"), []string{"c"})
	}},
	{"an iteration that is slow ends with its context", func(f *dbFixture) {
		f.shop("shop")
		sql, args := manyItems(16000, 0)
		f.write("shop", sql, args...)
		ctx, cancel := context.WithCancel(f.ctx)
		defer cancel()
		var ended error
		for _, err := range f.db.Query(ctx, "select id, id from shop.items a") {
			cancel()
			ended = err
		}
		f.wantErr(ended, context.Canceled)
	}},
	{"Ping answers", func(f *dbFixture) {
		f.ok(f.db.Ping(f.ctx))
	}},
}
