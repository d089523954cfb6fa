package postgres_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"parley/adapters/adaptertest/pgtest"
	"parley/domain/sqldb"
)

const counterDDL = "create table counter.at (name text primary key, n bigint not null); insert into counter.at values ('only', 0)"

func advance(from int64) []sqldb.Statement {
	return []sqldb.Statement{{
		SQL: "update counter.at set n = $1 + 1 where n = $1", Args: []any{from}, Affects: 1,
	}}
}

func TestWrite_is_unavailable_while_the_server_is_killed_and_goes_on_after(t *testing.T) {
	t.Parallel()
	server := pgtest.NewServer(t)
	db := open(t, server.Database(t))
	ctx := context.Background()
	must(t, db.Create(ctx, "counter", counterDDL))

	at := int64(0)
	for range 3 {
		for target := at + 50; at < target; at++ {
			must(t, db.Write(ctx, "counter", advance(at)))
		}
		failed := make(chan error, 1)
		reached := make(chan int64, 1)
		go func() {
			n := at
			for ; ; n++ {
				if err := db.Write(ctx, "counter", advance(n)); err != nil {
					failed <- err
					reached <- n
					return
				}
			}
		}()
		server.Kill(t)
		if err := <-failed; !errors.Is(err, sqldb.ErrUnavailable) {
			t.Fatalf("write to a killed server: %v, want %v", err, sqldb.ErrUnavailable)
		}
		acknowledged := <-reached
		if err := db.Ping(ctx); !errors.Is(err, sqldb.ErrUnavailable) {
			t.Fatalf("ping of a killed server: %v, want %v", err, sqldb.ErrUnavailable)
		}
		server.Restart(t)
		at = eventually(t, db)
		if at != acknowledged && at != acknowledged+1 {
			t.Fatalf("%d moves are stored, %d were acknowledged and one was open", at, acknowledged)
		}
	}
}

func TestOpen_needs_no_server(t *testing.T) {
	t.Parallel()
	server := pgtest.NewServer(t)
	url := server.Database(t)
	server.Stop(t)
	db := open(t, url)
	ctx := context.Background()
	for call, err := range map[string]error{
		"ping": db.Ping(ctx), "create": db.Create(ctx, "counter", counterDDL), "write": db.Write(ctx, "counter", advance(0)),
	} {
		if !errors.Is(err, sqldb.ErrUnavailable) {
			t.Errorf("%s without a server: %v, want %v", call, err, sqldb.ErrUnavailable)
		}
	}
	led := make(chan error, 1)
	go func() {
		held, err := db.Lead(ctx, "counter")
		if err == nil {
			held.Release()
		}
		led <- err
	}()

	server.Restart(t)

	must(t, <-led)
	must(t, db.Create(ctx, "counter", counterDDL))
}

// eventually reads the counter as soon as the server answers.
func eventually(t *testing.T, db sqldb.DB) (n int64) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	for {
		err := read(ctx, db, "select n from counter.at", &n)
		if err == nil {
			return n
		}
		if !errors.Is(err, sqldb.ErrUnavailable) || ctx.Err() != nil {
			t.Fatalf("the database does not come back: %v", err)
		}
	}
}

// read scans the last row of a query.
func read(ctx context.Context, db sqldb.DB, sql string, into ...any) error {
	for row, err := range db.Query(ctx, sql) {
		if err != nil {
			return err
		}
		if err := row.Scan(into...); err != nil {
			return err
		}
	}
	return nil
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
