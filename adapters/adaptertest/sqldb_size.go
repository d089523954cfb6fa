package adaptertest

import (
	"fmt"
	"strings"

	"parley/domain/sqldb"
)

// maxParameters is the most that a statement may have on every database.
const maxParameters = 32766

var dbSizeCases = []dbCase{
	{"one statement writes thousands of rows", func(f *dbFixture) {
		f.shop("shop")
		sql, args := manyItems(maxParameters/2, 0)
		f.write("shop", sql, args...)
		f.want(f.number("select count(*) from shop.items"), int64(maxParameters/2))
		f.want(f.number("select sum(n) from shop.items"), int64(maxParameters/2*(maxParameters/2-1)/2))
	}},
	{"one batch holds hundreds of statements", func(f *dbFixture) {
		f.shop("shop")
		var batch []sqldb.Statement
		for i := range 700 {
			sql, args := manyItems(3, 3*i)
			batch = append(batch, sqldb.Statement{SQL: sql, Args: args, Affects: 3})
		}
		f.ok(f.db.Write(f.ctx, "shop", batch))
		f.want(f.number("select count(*) from shop.items"), int64(2100))
	}},
	{"a text of megabytes reads back as it was", func(f *dbFixture) {
		f.shop("shop")
		text := strings.Repeat("жук\t'\"\\%_;--\n", 200_000)
		f.ok(f.db.Write(f.ctx, "shop", []sqldb.Statement{
			{SQL: "drop index shop.items_by_note"},
			{SQL: "insert into shop.items (id, note) values ('big', $1)", Args: []any{text}},
		}))
		if got := f.rows(1, "select note from shop.items"); len(got) != 1 || got[0] != text {
			f.Fatalf("got %d rows, another text", len(got))
		}
	}},
	{"a result of many rows comes whole and in order", func(f *dbFixture) {
		f.shop("shop")
		for i := range 4 {
			sql, args := manyItems(5000, 5000*i)
			f.write("shop", sql, args...)
		}
		next := int64(0)
		for row, err := range f.db.Query(f.ctx, "select n from shop.items order by n") {
			f.ok(err)
			var n int64
			f.ok(row.Scan(&n))
			f.want(n, next)
			next++
		}
		f.want(next, int64(20000))
	}},
}

// manyItems is one statement that inserts items whose numbers start at first.
func manyItems(count, first int) (string, []any) {
	var sql strings.Builder
	args := make([]any, 0, 2*count)
	sql.WriteString("insert into shop.items (id, n, note) values ")
	for i := range count {
		if i > 0 {
			sql.WriteByte(',')
		}
		fmt.Fprintf(&sql, "($%d,$%d,null)", 2*i+1, 2*i+2)
		args = append(args, fmt.Sprintf("item-%06d", first+i), int64(first+i))
	}
	return sql.String(), args
}
