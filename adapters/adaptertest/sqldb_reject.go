package adaptertest

import (
	"errors"

	"parley/domain/sqldb"
)

var dbRejectCases = []dbCase{
	rejects("a doubled primary key", "insert into shop.items (id) values ('old')"),
	rejects("a doubled unique value", "insert into shop.items (id, note) values ('new', 'taken')"),
	rejects("a missing primary key", "insert into shop.items (id) values ($1)", nil),
	rejects("a null where none may be", "insert into shop.items (id, n) values ('new', $1)", nil),
	rejects("a broken check", "insert into shop.items (id, n) values ('new', $1)", -1),
	rejects("words in a number", "insert into shop.items (id, n) values ('new', $1)", "twelve"),
	rejects("a NUL in a text", "insert into shop.items (id) values ($1)", "a\x00b"),
	rejects("bytes that are no UTF-8", "insert into shop.items (id) values ($1)", "a\xffb"),
	{"a batch for a missing schema is refused with ErrNoSchema", func(f *dbFixture) {
		insert := []sqldb.Statement{{SQL: "insert into nowhere.items (id) values ('a')"}}
		f.wantErr(f.db.Write(f.ctx, "nowhere", insert), sqldb.ErrNoSchema)
		f.wantErr(f.db.Write(f.ctx, "nowhere", nil), sqldb.ErrNoSchema)
	}},
	{"a query of a missing schema is refused with ErrNoSchema", func(f *dbFixture) {
		f.shop("shop")
		_, err := f.tryNumber("select count(*) from shop.items, nowhere.items")
		f.wantErr(err, sqldb.ErrNoSchema)
	}},
	{"a mistake in a statement has no class", func(f *dbFixture) {
		f.shop("shop")
		for _, sql := range []string{"select * from shop.nothing", "select nothing from shop.items", "selec 1"} {
			_, err := f.tryNumber(sql)
			f.wantUnclassed(err)
		}
		f.wantUnclassed(f.tryWrite("insert into shop.nothing (id) values ('a')"))
	}},
	{"a query that writes is refused", func(f *dbFixture) {
		f.shop("shop")
		_, err := f.tryNumber("insert into shop.items (id, n) values ('a', 1) returning n")
		f.wantUnclassed(err)
		f.want(f.number("select count(*) from shop.items"), int64(0))
	}},
	{"a name that is no schema's is refused", func(f *dbFixture) {
		for _, name := range []string{"", "Shop", "shop;drop", "../shop", "1shop", "sh-op"} {
			if err := f.db.Create(f.ctx, name, ""); err == nil {
				f.Errorf("created %q", name)
			}
		}
	}},
}

func rejects(what, sql string, args ...any) dbCase {
	return dbCase{what + " is refused with ErrRejected", func(f *dbFixture) {
		f.shop("shop")
		f.write("shop", "insert into shop.items (id, note) values ('old', 'taken')")
		err := f.tryWrite(sql, args...)
		f.wantErr(err, sqldb.ErrRejected)
		if errors.Is(err, sqldb.ErrUnavailable) {
			f.Fatalf("error = %v invites another try", err)
		}
		f.want(f.number("select count(*) from shop.items"), int64(1))
	}}
}

func (f *dbFixture) wantUnclassed(err error) {
	f.Helper()
	if err == nil {
		f.Fatal("no error")
	}
	for _, class := range []error{sqldb.ErrStale, sqldb.ErrUnavailable, sqldb.ErrRejected, sqldb.ErrNoSchema} {
		if errors.Is(err, class) {
			f.Fatalf("error = %v, want one without a class", err)
		}
	}
}
