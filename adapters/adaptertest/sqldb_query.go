package adaptertest

import (
	"math"

	"parley/domain/sqldb"
)

var dbQueryCases = []dbCase{
	{"values of every type read back as they were written", func(f *dbFixture) {
		f.shop("shop")
		const insert = "insert into shop.items (id, n, done, weight, note) values ($1, $2, $3, $4, $5)"
		f.write("shop", insert, "a", int64(math.MaxInt64), true, 0.1, "{\"x\": [1, null]}")
		for row, err := range f.db.Query(f.ctx, "select id, n, done, weight, note, note from shop.items") {
			f.ok(err)
			var id, text string
			var n int64
			var done bool
			var weight float64
			var note []byte
			f.ok(row.Scan(&id, &n, &done, &weight, &note, &text))
			f.want([]any{id, n, done, weight, string(note), text},
				[]any{"a", int64(math.MaxInt64), true, 0.1, "{\"x\": [1, null]}", "{\"x\": [1, null]}"})
		}
	}},
	{"null reads into pointers as nil and a value as itself", func(f *dbFixture) {
		f.shop("shop")
		const insert = "insert into shop.items (id, n, weight, note) values ($1, $2, $3, $4), ('b', 2, 2.5, '')"
		f.write("shop", insert, "a", 1, nil, nil)
		var got []string
		for row, err := range f.db.Query(f.ctx, "select note, weight, nullif(n, 1), nullif(done, false) from shop.items order by id") {
			f.ok(err)
			var note *string
			var weight *float64
			var n *int64
			var done *bool
			f.ok(row.Scan(&note, &weight, &n, &done))
			got = append(got, shown(note)+shown(weight)+shown(n)+shown(done))
		}
		f.want(got, []string{"nil nil nil nil ", "set set set nil "})
	}},
	{"null into what cannot hold it is an error", func(f *dbFixture) {
		f.shop("shop")
		f.write("shop", "insert into shop.items (id, note) values ('a', null)")
		for row, err := range f.db.Query(f.ctx, "select note from shop.items") {
			f.ok(err)
			var note string
			if row.Scan(&note) == nil {
				f.Errorf("null was read as %q", note)
			}
			break
		}
	}},
	{"arguments may be pointers, which are null when nil", func(f *dbFixture) {
		f.shop("shop")
		note, none := "x", (*string)(nil)
		f.write("shop", "insert into shop.items (id, note) values ('a', $1), ('b', $2)", &note, none)
		f.want(f.rows(1, "select id from shop.items where note is null"), []string{"b"})
	}},
	{"bytes written into text are text", func(f *dbFixture) {
		f.shop("shop")
		f.write("shop", "insert into shop.items (id, note) values ('a', $1)", []byte(`{"k":1}`))
		f.want(f.rows(1, `select id from shop.items where note = '{"k":1}'`), []string{"a"})
	}},
	{"truth reads from expressions and works as a condition", func(f *dbFixture) {
		f.shop("shop")
		f.write("shop", "insert into shop.items (id, done, note) values ('a', true, 'x'), ('b', false, 'y')")
		for row, err := range f.db.Query(f.ctx, "select done = $1, n > 0, exists(select 1 from shop.items) from shop.items where done", true) {
			f.ok(err)
			var same, more, some bool
			f.ok(row.Scan(&same, &more, &some))
			f.want([]bool{same, more, some}, []bool{true, false, true})
		}
		f.want(f.number("select count(*) from shop.items where not done"), int64(1))
	}},
	{"a query without rows yields nothing", func(f *dbFixture) {
		f.shop("shop")
		f.want(len(f.rows(1, "select id from shop.items")), 0)
	}},
	{"a query may be left in the middle", func(f *dbFixture) {
		f.shop("shop")
		sql, args := manyItems(2000, 0)
		f.write("shop", sql, args...)
		for range 50 {
			for _, err := range f.db.Query(f.ctx, "select id from shop.items") {
				f.ok(err)
				break
			}
		}
		f.want(f.number("select count(*) from shop.items"), int64(2000))
	}},
	{"a query reads one snapshot while others write", func(f *dbFixture) {
		f.shop("shop")
		sql, args := manyItems(3000, 0)
		f.write("shop", sql, args...)
		seen := 0
		for row, err := range f.db.Query(f.ctx, "select n from shop.items order by n") {
			f.ok(err)
			if seen == 0 {
				f.write("shop", "update shop.items set n = n + 1000000")
			}
			var n int64
			f.ok(row.Scan(&n))
			f.want(n, int64(seen))
			seen++
		}
		f.want(seen, 3000)
	}},
	{"a query joins schemas", func(f *dbFixture) {
		f.shop("shop")
		f.shop("annex")
		f.write("shop", "insert into shop.items (id, n) values ('a', 1)")
		f.write("annex", "insert into annex.items (id, n) values ('a', 2)")
		f.want(f.number("select s.n * 10 + x.n from shop.items s join annex.items x on x.id = s.id"), int64(12))
	}},
	{"a query sees what was written before it began", func(f *dbFixture) {
		f.shop("shop")
		for i := range int64(50) {
			f.ok(f.db.Write(f.ctx, "shop", []sqldb.Statement{move("shop", i, i+1)}))
			f.want(f.number("select position from shop.checkpoint"), i+1)
		}
	}},
}

func shown[T any](value *T) string {
	if value == nil {
		return "nil "
	}
	return "set "
}
