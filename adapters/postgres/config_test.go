package postgres_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"parley/adapters/adaptertest/pgtest"
	"parley/adapters/postgres"
	"parley/domain/sqldb"
)

func TestOpen_says_how_to_write_a_malformed_url(t *testing.T) {
	t.Parallel()
	for _, url := range []string{"postgres://user:hunter2@host:port/db", "localhost", "postgres://u:hunter2@h/d?sslmode=perhaps"} {
		_, err := postgres.Open(context.Background(), postgres.Config{URL: url})
		if err == nil {
			t.Errorf("%s was accepted", url)
			continue
		}
		if !strings.Contains(err.Error(), "postgres://user:password@host:5432/database") {
			t.Errorf("%v does not say how to write it", err)
		}
		if strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%v tells the password", err)
		}
	}
}

func TestOpen_lets_commits_wait_for_the_disk_unless_told(t *testing.T) {
	t.Parallel()
	url := pgtest.Start(t)
	for _, c := range []struct {
		async bool
		want  string
	}{{false, "on"}, {true, "off"}} {
		db, err := postgres.Open(context.Background(), postgres.Config{URL: url, AsyncCommit: c.async})
		must(t, err)
		ctx := context.Background()
		must(t, db.Create(ctx, "notes", "create table notes.seen (setting text primary key)"))
		must(t, db.Write(ctx, "notes", []sqldb.Statement{{SQL: "insert into notes.seen values (current_setting('synchronous_commit'))"}}))
		var got string
		must(t, read(ctx, db, "select setting from notes.seen", &got))
		if got != c.want {
			t.Errorf("synchronous_commit = %q, want %q", got, c.want)
		}
		must(t, db.Close())
	}
}

func TestQuery_is_planned_once(t *testing.T) {
	t.Parallel()
	db, err := postgres.Open(context.Background(), postgres.Config{URL: pgtest.Start(t), MaxConns: 1})
	must(t, err)
	defer db.Close()
	ctx := context.Background()
	must(t, db.Create(ctx, "notes", "create table notes.seen (id bigint primary key, note text)"))
	for range 3 {
		for _, err := range db.Query(ctx, "select note from notes.seen where id = $1", int64(1)) {
			must(t, err)
		}
	}
	var afresh int64
	must(t, read(ctx, db, "select custom_plans from pg_prepared_statements where statement like 'select note%'", &afresh))
	if afresh != 0 {
		t.Errorf("%d of 3 queries were planned for their values", afresh)
	}
	var plan string
	must(t, read(ctx, db, "explain select note from notes.seen where id = 1", &plan))
	if !strings.Contains(plan, "Index") {
		t.Errorf("the plan for an empty table is %s", plan)
	}
}

func TestErrors_have_the_class_of_their_state(t *testing.T) {
	t.Parallel()
	db := open(t, pgtest.Start(t))
	ctx := context.Background()
	must(t, db.Create(ctx, "empty", ""))
	classes := []error{sqldb.ErrUnavailable, sqldb.ErrRejected, sqldb.ErrNoSchema, sqldb.ErrStale}
	for state, want := range map[string]error{
		"08006": sqldb.ErrUnavailable, "25006": sqldb.ErrUnavailable, "40001": sqldb.ErrUnavailable,
		"40P01": sqldb.ErrUnavailable, "53100": sqldb.ErrUnavailable, "55P03": sqldb.ErrUnavailable,
		"57P01": sqldb.ErrUnavailable, "22001": sqldb.ErrRejected, "22P02": sqldb.ErrRejected,
		"23514": sqldb.ErrRejected, "3F000": sqldb.ErrNoSchema, "42601": nil, "42501": nil, "XX000": nil,
	} {
		raise := fmt.Sprintf("do $$ begin raise exception using errcode = '%s', message = 'made up'; end $$", state)
		err := db.Write(ctx, "empty", []sqldb.Statement{{SQL: raise}})
		if err == nil {
			t.Errorf("%s: no error", state)
		}
		for _, class := range classes {
			if errors.Is(err, class) != (class == want) {
				t.Errorf("%s: %v, want class %v", state, err, want)
			}
		}
	}
}
