package adaptertest

import (
	"errors"

	"parley/domain/sqldb"
)

var dbWriteCases = []dbCase{
	{"a batch runs in order", func(f *dbFixture) {
		f.shop("shop")
		f.ok(f.db.Write(f.ctx, "shop", []sqldb.Statement{
			{SQL: "insert into shop.items (id, n) values ($1, $2)", Args: []any{"a", 1}},
			{SQL: "update shop.items set n = n * 10 where id = $1", Args: []any{"a"}},
			{SQL: "update shop.items set n = n + 2 where id = $1", Args: []any{"a"}},
		}))
		f.want(f.number("select n from shop.items"), int64(12))
	}},
	{"an empty batch is no error", func(f *dbFixture) {
		f.shop("shop")
		f.ok(f.db.Write(f.ctx, "shop", nil))
	}},
	{"a batch that fails leaves nothing behind", func(f *dbFixture) {
		f.shop("shop")
		err := f.db.Write(f.ctx, "shop", []sqldb.Statement{
			move("shop", 0, 1),
			{SQL: "insert into shop.items (id) values ('a')"},
			{SQL: "insert into shop.items (id) values ('a')"},
		})
		f.wantErr(err, sqldb.ErrRejected)
		f.want(f.number("select count(*) from shop.items"), int64(0))
		f.want(f.number("select position from shop.checkpoint"), int64(0))
	}},
	{"a batch works again after one that failed", func(f *dbFixture) {
		f.shop("shop")
		f.wantErr(f.tryWrite("insert into shop.items (id, n) values ('a', -1)"), sqldb.ErrRejected)
		f.write("shop", "insert into shop.items (id, n) values ('a', 1)")
		f.want(f.number("select n from shop.items"), int64(1))
	}},
	{"a statement that touches what it must is written", func(f *dbFixture) {
		f.shop("shop")
		f.ok(f.db.Write(f.ctx, "shop", []sqldb.Statement{move("shop", 0, 7)}))
		f.ok(f.db.Write(f.ctx, "shop", []sqldb.Statement{move("shop", 7, 9)}))
		f.want(f.number("select position from shop.checkpoint"), int64(9))
	}},
	{"a statement that touches too few rows undoes the batch with ErrStale", func(f *dbFixture) {
		f.shop("shop")
		err := f.db.Write(f.ctx, "shop", []sqldb.Statement{
			{SQL: "insert into shop.items (id) values ('before')"},
			move("shop", 5, 6),
			{SQL: "insert into shop.items (id) values ('after')"},
		})
		f.wantErr(err, sqldb.ErrStale)
		f.want(f.number("select count(*) from shop.items"), int64(0))
	}},
	{"a statement that touches too many rows undoes the batch with ErrStale", func(f *dbFixture) {
		f.shop("shop")
		f.write("shop", "insert into shop.items (id, note) values ('a', 'x'), ('b', 'y')")
		err := f.db.Write(f.ctx, "shop", []sqldb.Statement{
			{SQL: "update shop.items set n = 1;", Affects: 1},
		})
		f.wantErr(err, sqldb.ErrStale)
		f.want(f.number("select sum(n) from shop.items"), int64(0))
	}},
	{"an error before the row that is stale is told, not ErrStale", func(f *dbFixture) {
		f.shop("shop")
		err := f.db.Write(f.ctx, "shop", []sqldb.Statement{
			{SQL: "insert into shop.items (id, n) values ('a', -1)"},
			move("shop", 5, 6),
		})
		f.wantErr(err, sqldb.ErrRejected)
		if errors.Is(err, sqldb.ErrStale) {
			f.Fatalf("error = %v is also stale", err)
		}
	}},
	{"affected rows count for insert, upsert, delete and returning", func(f *dbFixture) {
		f.shop("shop")
		f.ok(f.db.Write(f.ctx, "shop", []sqldb.Statement{
			{SQL: "insert into shop.items (id, note) values ('a', 'x'), ('b', 'y')", Affects: 2},
			{SQL: "insert into shop.items (id) values ('a') on conflict (id) do update set n = 5", Affects: 1},
			{SQL: "update shop.items set n = n + 1 where id = $1 returning id", Args: []any{"a"}, Affects: 1},
			{
				SQL:     "with v (id) as (values (cast($1 as text))) update shop.items set n = n + 1 from v where items.id = v.id",
				Args:    []any{"a"},
				Affects: 1,
			},
			{SQL: "delete from shop.items where id = 'b'", Affects: 1},
		}))
		f.want(f.number("select n from shop.items"), int64(7))
	}},
	{"an upsert that does nothing is stale", func(f *dbFixture) {
		f.shop("shop")
		f.write("shop", "insert into shop.items (id) values ('a')")
		err := f.db.Write(f.ctx, "shop", []sqldb.Statement{
			{SQL: "insert into shop.items (id) values ('a') on conflict (id) do nothing", Affects: 1},
		})
		f.wantErr(err, sqldb.ErrStale)
	}},
}
