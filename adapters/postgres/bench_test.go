package postgres_test

import (
	"context"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"parley/adapters/adaptertest"
	"parley/adapters/adaptertest/pgtest"
)

func BenchmarkWrite(b *testing.B) {
	adaptertest.BenchmarkSQLDBWrite(b, open(b, pgtest.Start(b)))
}

// BenchmarkCopy is the baseline: the same rows by COPY, a thousand at a time,
// into a table with no index.
func BenchmarkCopy(b *testing.B) {
	const batch = 1000
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, pgtest.Start(b))
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = conn.Close(ctx) }()
	if _, err := conn.Exec(ctx, "create table rows (owner text, id text, at bigint, open boolean, body text)"); err != nil {
		b.Fatal(err)
	}
	columns := strings.Fields("owner id at open body")
	b.ResetTimer()
	for i := range b.N {
		source := pgx.CopyFromSlice(batch, func(n int) ([]any, error) { return adaptertest.BenchRow(i*batch + n), nil })
		if _, err := conn.CopyFrom(ctx, pgx.Identifier{"rows"}, columns, source); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N*batch)/b.Elapsed().Seconds(), "rows/s")
}
