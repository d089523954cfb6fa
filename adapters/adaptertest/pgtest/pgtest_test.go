package pgtest_test

import (
	"context"
	"testing"

	"github.com/jackc/pgx/v5"

	"parley/adapters/adaptertest/pgtest"
)

func TestStart_gives_every_test_a_database_of_its_own(t *testing.T) {
	t.Parallel()
	first, second := pgtest.Start(t), pgtest.Start(t)
	run(t, first, "create table mine (id bigint)")
	run(t, second, "create table mine (id bigint)")
}

func TestServer_keeps_what_was_committed_across_a_kill(t *testing.T) {
	t.Parallel()
	server := pgtest.NewServer(t)
	database, port := server.Database(t), server.Port()
	run(t, database, "create table kept (id bigint)")

	server.Kill(t)
	if conn, err := pgx.Connect(context.Background(), database); err == nil {
		_ = conn.Close(context.Background())
		t.Fatal("a killed server answers")
	}
	server.Restart(t)

	run(t, database, "insert into kept values (1)")
	if server.Port() != port {
		t.Errorf("port = %d after the restart, want %d", server.Port(), port)
	}
}

func run(t *testing.T, url, sql string) {
	t.Helper()
	conn, err := pgx.Connect(context.Background(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.Background()) }()
	if _, err := conn.Exec(context.Background(), sql); err != nil {
		t.Fatal(err)
	}
}
