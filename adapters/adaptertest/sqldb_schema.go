package adaptertest

import "parley/domain/sqldb"

var dbSchemaCases = []dbCase{
	{"a schema is there from Create to Drop", func(f *dbFixture) {
		f.wantExists("shop", false)
		f.shop("shop")
		f.wantExists("shop", true)
		f.ok(f.db.Drop(f.ctx, "shop"))
		f.wantExists("shop", false)
		_, err := f.tryNumber("select count(*) from shop.items")
		f.wantErr(err, sqldb.ErrNoSchema)
		f.wantErr(f.tryWrite("delete from shop.items"), sqldb.ErrNoSchema)
	}},
	{"dropping a missing schema is no error", func(f *dbFixture) {
		f.ok(f.db.Drop(f.ctx, "shop"))
	}},
	{"a schema may be created again after its drop", func(f *dbFixture) {
		f.shop("shop")
		f.write("shop", "insert into shop.items (id) values ('a')")
		f.ok(f.db.Drop(f.ctx, "shop"))
		f.shop("shop")
		f.want(f.number("select count(*) from shop.items"), int64(0))
	}},
	{"Create replaces a schema that exists", func(f *dbFixture) {
		f.shop("shop")
		f.write("shop", "insert into shop.items (id) values ('a')")
		f.want(f.rows(1, "select id from shop.items"), []string{"a"})
		f.ok(f.db.Create(f.ctx, "shop", "create table shop.items (id bigint primary key, label text)"))
		f.write("shop", "insert into shop.items (id, label) values (5, 'five')")
		f.want(f.rows(1, "select label from shop.items where id = $1", 5), []string{"five"})
		tables, err := f.db.Tables(f.ctx, "shop")
		f.ok(err)
		f.want(tables, []string{"items"})
	}},
	{"the same query reads the columns of a schema that was replaced", func(f *dbFixture) {
		for i, ddl := range []string{"note text", "note bigint", "other text, note text"} {
			f.ok(f.db.Create(f.ctx, "shop", "create table shop.items (id text primary key, "+ddl+")"))
			f.write("shop", "insert into shop.items (id, note) values ('a', '7')")
			for range 8 {
				for row, err := range f.db.Query(f.ctx, "select note from shop.items") {
					f.ok(err)
					var number int64
					var text string
					if i == 1 {
						f.ok(row.Scan(&number))
					} else {
						f.ok(row.Scan(&text))
					}
				}
			}
		}
	}},
	{"DDL that fails leaves the old schema as it was", func(f *dbFixture) {
		f.shop("shop")
		f.write("shop", "insert into shop.items (id) values ('a')")
		err := f.db.Create(f.ctx, "shop", "create table shop.other (id text primary key); create table shop.broken (id")
		if err == nil {
			f.Fatal("broken DDL was accepted")
		}
		f.want(f.number("select count(*) from shop.items"), int64(1))
	}},
	{"schemas with tables of the same names are apart", func(f *dbFixture) {
		f.shop("shop")
		f.shop("annex")
		f.write("shop", "insert into shop.items (id) values ('a')")
		f.want(f.number("select count(*) from annex.items"), int64(0))
		f.ok(f.db.Drop(f.ctx, "annex"))
		f.want(f.number("select count(*) from shop.items"), int64(1))
	}},
	{"Tables names the tables in alphabetical order", func(f *dbFixture) {
		f.ok(f.db.Create(f.ctx, "shop", `
			create table shop.zebra (id text primary key);
			create table shop.ant (id text primary key);
			create table shop.ant_2 (id text primary key);
			create index shop.bee on shop.zebra (id)`))
		tables, err := f.db.Tables(f.ctx, "shop")
		f.ok(err)
		f.want(tables, []string{"ant", "ant_2", "zebra"})
	}},
	{"Tables of a missing schema is ErrNoSchema", func(f *dbFixture) {
		_, err := f.db.Tables(f.ctx, "shop")
		f.wantErr(err, sqldb.ErrNoSchema)
	}},
	{"twenty schemas live side by side and join", func(f *dbFixture) {
		for _, letter := range "abcdefghijklmnopqrst" {
			f.shop("shop_" + string(letter))
			f.write("shop_"+string(letter), "insert into shop_"+string(letter)+".items (id) values ('x')")
		}
		for _, letter := range "abcdefghijklmnopqrst" {
			f.want(f.number("select count(*) from shop_"+string(letter)+".items"), int64(1))
		}
		f.want(f.number("select count(*) from shop_a.items a join shop_j.items j on j.id = a.id join shop_t.items t on t.id = a.id"), int64(1))
	}},
	{"a drop does not harm a query that is running", func(f *dbFixture) {
		f.shop("shop")
		sql, args := manyItems(5000, 0)
		f.write("shop", sql, args...)
		dropped, count := make(chan error, 1), 0
		for _, err := range f.db.Query(f.ctx, "select id from shop.items") {
			f.ok(err)
			if count == 0 {
				go func() { dropped <- f.db.Drop(f.ctx, "shop") }()
			}
			count++
		}
		f.want(count, 5000)
		f.ok(<-dropped)
		f.wantExists("shop", false)
	}},
}

func (f *dbFixture) wantExists(schema string, want bool) {
	f.Helper()
	got, err := f.db.Exists(f.ctx, schema)
	f.ok(err)
	f.want(got, want)
}
