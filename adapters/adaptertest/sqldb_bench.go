package adaptertest

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"parley/domain/sqldb"
)

// BenchRows is the number of rows of each batch of BenchmarkSQLDBWrite.
const BenchRows = 500

// BenchDDL is the table that BenchmarkSQLDBWrite fills, of the shape of a list.
const BenchDDL = `
create table bench.rows (
  owner text not null, id text not null, at bigint not null, open boolean not null, body text not null,
  primary key (owner, id)
);
create index bench.rows_by_at on bench.rows (owner, at, id);
create table bench.checkpoint (name text primary key, position bigint not null);
insert into bench.checkpoint (name, position) values ('only', 0);`

var benchBody = `{"text":"` + strings.Repeat("lorem ipsum ", 25) + `"}`

// BenchmarkSQLDBWrite writes batches of one compare-and-set and one multi-row
// upsert and reports the rows per second.
func BenchmarkSQLDBWrite(b *testing.B, db sqldb.DB) {
	b.Helper()
	ctx := context.Background()
	if err := db.Create(ctx, "bench", BenchDDL); err != nil {
		b.Fatal(err)
	}
	upsert := benchUpsert()
	b.ResetTimer()
	for i := range b.N {
		err := db.Write(ctx, "bench", []sqldb.Statement{
			move("bench", int64(i), int64(i+1)),
			{SQL: upsert, Args: benchArgs(i)},
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N*BenchRows)/b.Elapsed().Seconds(), "rows/s")
}

// BenchRow is the row of a number, of about 400 bytes.
func BenchRow(n int) []any {
	return []any{fmt.Sprintf("owner-%02d", n*7919%40), fmt.Sprintf("0192a4c0-0000-7000-8000-%012d", n), int64(n) * 1000, n%2 == 0, benchBody}
}

func benchArgs(batch int) []any {
	args := make([]any, 0, 5*BenchRows)
	for i := range BenchRows {
		args = append(args, BenchRow(batch*BenchRows+i)...)
	}
	return args
}

func benchUpsert() string {
	var sql strings.Builder
	sql.WriteString("insert into bench.rows (owner, id, at, open, body) values ")
	for i := range BenchRows {
		if i > 0 {
			sql.WriteString(", ")
		}
		p := 5 * i
		fmt.Fprintf(&sql, "($%d, $%d, $%d, $%d, $%d)", p+1, p+2, p+3, p+4, p+5)
	}
	sql.WriteString(" on conflict (owner, id) do update set at = excluded.at, open = excluded.open, body = excluded.body")
	return sql.String()
}
