package adaptertest

// dbSQLCases prove the common subset of SQL.
var dbSQLCases = []dbCase{
	subset("parameters may repeat and come in any order",
		"select $2 || $1 || $2", []any{"a", "b"}, "bab"),
	subset("row values page by key",
		"select id from shop.items where (n, id) > ($1, $2) order by n, id limit 2", []any{1, "b"}, "c", "d"),
	subset("row values compare to lists",
		"select id from shop.items where (id, n) in (($1, $2), ('c', 2)) order by id", []any{"a", 1}, "a", "c"),
	subset("window functions rank",
		"select id || row_number() over (partition by n order by id desc) from shop.items order by id", nil, "a2", "b1", "c2", "d1"),
	subset("aggregates filter",
		"select count(*) filter (where n > 1) || '' from shop.items", nil, "2"),
	subset("recursive common table expressions count",
		"with recursive c (x) as (select 1 union all select x + 1 from c where x < 3) select 'x' || x from c order by x", nil, "x1", "x2", "x3"),
	subset("nulls sort where they are told to",
		"select id from shop.items order by note nulls last, id limit 1", nil, "b"),
	subset("nulls compare when asked to",
		"select id from shop.items where note is not distinct from $1 order by id", []any{nil}, "a", "c", "d"),
	subset("strings join in order",
		"select string_agg(id, ',' order by id desc) from shop.items", nil, "d,c,b,a"),
	subset("like escapes",
		`select id from shop.items where note like $1 escape '\'`, []any{`5\%%`}, "b"),
	subset("conditions choose",
		"select case when n > 1 then 'many' else 'one' end from shop.items order by id", nil, "one", "one", "many", "many"),
	subset("values stand as a table",
		"with v (id, w) as (values (cast($1 as text), cast($2 as bigint)), ($3, $4)) select v.id || (v.w + i.n) from v join shop.items i on i.id = v.id order by v.id",
		[]any{"a", 10, "c", 20}, "a11", "c22"),
	subset("unions sort and page",
		"select id from shop.items where n = 1 union all select id || '+' from shop.items order by 1 limit 3 offset 1", nil, "a+", "b", "b+"),
	{"an upsert adds to what is there and inserts what is not", func(f *dbFixture) {
		f.shop("shop")
		const upsert = "insert into shop.items (id, n, note) values ($1, $2, null), ($3, $4, null) " +
			"on conflict (id) do update set n = items.n + excluded.n where excluded.n > 0"
		f.write("shop", upsert, "a", 1, "b", 2)
		f.write("shop", upsert, "b", 3, "c", 4)
		f.write("shop", upsert, "a", 0, "c", 1)
		f.want(f.rows(1, "select id || n from shop.items order by id"), []string{"a1", "b5", "c5"})
	}},
	{"an insert from a select may upsert", func(f *dbFixture) {
		f.stocked()
		f.write("shop", "insert into shop.items (id, n, note) select id, n + $1, note from shop.items where n > 1 "+
			"on conflict (id) do update set n = excluded.n", 100)
		f.want(f.rows(1, "select id || n from shop.items order by id"), []string{"a1", "b1", "c102", "d102"})
	}},
	{"an update may read values", func(f *dbFixture) {
		f.stocked()
		f.write("shop", "with v (id, w) as (values (cast($1 as text), cast($2 as bigint)), ($3, $4)) "+
			"update shop.items set n = n + v.w from v where items.id = v.id", "a", 10, "d", 20)
		f.want(f.rows(1, "select id || n from shop.items order by id"), []string{"a11", "b1", "c2", "d22"})
	}},
	{"a delete may name many rows", func(f *dbFixture) {
		f.stocked()
		f.write("shop", "delete from shop.items where (n, id) in (values (cast($1 as bigint), cast($2 as text)), ($3, $4))", 1, "a", 2, "d")
		f.want(f.rows(1, "select id from shop.items order by id"), []string{"b", "c"})
	}},
}

// subset is a query over the stocked shop and the text of its rows.
func subset(name, sql string, args []any, want ...string) dbCase {
	return dbCase{name, func(f *dbFixture) {
		f.stocked()
		f.want(f.rows(1, sql, args...), want)
	}}
}

func (f *dbFixture) stocked() {
	f.Helper()
	f.shop("shop")
	f.write("shop", "insert into shop.items (id, n, note) values ('a', 1, null), ('b', 1, '5% off'), ('c', 2, null), ('d', 2, null)")
}
