package postgres_test

import (
	"context"
	"fmt"
	"io"
	"net/url"
	"strings"
	"testing"
	"time"

	toxiproxy "github.com/Shopify/toxiproxy/v2"
	"github.com/jackc/pgx/v5"
	"github.com/rs/zerolog"

	"parley/adapters/adaptertest/pgtest"
	"parley/domain/sqldb"
)

// takeOver bounds the time without a leader.
const takeOver = 8 * time.Second

func TestLead_passes_on_when_the_leader_s_session_is_terminated(t *testing.T) {
	t.Parallel()
	database := pgtest.Start(t)
	first, second := open(t, database), open(t, database)
	held := lead(t, first)
	next := campaign(t, second)

	terminate(t, database)

	await(t, held.Lost(), "Lost to close")
	defer await(t, next, "the other to lead").Release()
	held.Release()
}

func TestLead_passes_on_when_the_leader_falls_silent(t *testing.T) {
	t.Parallel()
	server := pgtest.NewServer(t)
	database := server.Database(t)
	proxy, through := proxied(t, server, database)
	held := lead(t, open(t, through))
	next := campaign(t, open(t, database))

	if _, err := proxy.Toxics.AddToxicJson(toxic("upstream")); err != nil {
		t.Fatal(err)
	}
	if _, err := proxy.Toxics.AddToxicJson(toxic("downstream")); err != nil {
		t.Fatal(err)
	}

	await(t, held.Lost(), "Lost to close")
	await(t, next, "the other to lead").Release()
	held.Release()
}

func lead(t *testing.T, db sqldb.DB) sqldb.Lease {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), takeOver)
	defer cancel()
	held, err := db.Lead(ctx, "inboxes")
	if err != nil {
		t.Fatal(err)
	}
	return held
}

// campaign seeks leadership in the background.
func campaign(t *testing.T, db sqldb.DB) <-chan sqldb.Lease {
	won := make(chan sqldb.Lease, 1)
	go func() {
		held, err := db.Lead(context.Background(), "inboxes")
		if err != nil {
			t.Errorf("campaign: %v", err)
			return
		}
		won <- held
	}()
	return won
}

// terminate ends the session that holds an advisory lock.
func terminate(t *testing.T, database string) {
	t.Helper()
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, database)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(ctx) }()
	tag, err := conn.Exec(ctx, "select pg_terminate_backend(l.pid) from pg_locks l "+
		"join pg_database d on d.oid = l.database where l.locktype = 'advisory' and d.datname = current_database()")
	if err != nil || tag.RowsAffected() != 1 {
		t.Fatalf("terminated %d sessions: %v", tag.RowsAffected(), err)
	}
}

func await[T any](t *testing.T, from <-chan T, what string) (value T) {
	t.Helper()
	select {
	case value = <-from:
	case <-time.After(takeOver):
		t.Fatalf("waited %v for %s", takeOver, what)
	}
	return value
}

// proxied returns a proxy before the server and the database's URL through it.
func proxied(t *testing.T, server *pgtest.Server, database string) (*toxiproxy.Proxy, string) {
	t.Helper()
	quiet := zerolog.Nop()
	upstream := fmt.Sprintf("127.0.0.1:%d", server.Port())
	proxy := toxiproxy.NewProxy(toxiproxy.NewServer(toxiproxy.NewMetricsContainer(nil), quiet), t.Name(), "127.0.0.1:0", upstream)
	if err := proxy.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(proxy.Stop)
	target, err := url.Parse(database)
	if err != nil {
		t.Fatal(err)
	}
	target.Host, target.User, target.RawQuery = proxy.Listen, url.User("postgres"), "sslmode=disable"
	return proxy, target.String()
}

// toxic lets nothing through and keeps the connections open.
func toxic(stream string) io.Reader {
	return strings.NewReader(`{"type": "timeout", "stream": "` + stream + `", "attributes": {"timeout": 0}}`)
}
