package pgtest

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// Env names the variable that points the tests at a server of one's own.
const Env = "PARLEY_TEST_POSTGRES"

// shared is the server of this test binary.
var shared = sync.OnceValues(launch)

// Start returns the URL of a new, empty database of this test alone. Tests of
// one binary share a server.
func Start(tb testing.TB) string {
	tb.Helper()
	if admin := os.Getenv(Env); admin != "" {
		return borrowDatabase(tb, admin)
	}
	server, err := shared()
	if err != nil {
		tb.Fatalf("start PostgreSQL: %v", err)
	}
	return createDatabase(tb, server.adminURL())
}

// NewServer starts a server that belongs to one test, which may stop, kill and
// restart it. It is always made from the binaries of this machine.
func NewServer(tb testing.TB) *Server {
	tb.Helper()
	server, err := launch()
	if err != nil {
		tb.Fatalf("start PostgreSQL: %v", err)
	}
	tb.Cleanup(server.remove)
	return server
}

// Database creates a database on the server and returns its URL, which goes
// through the Unix socket. It goes with the server.
func (s *Server) Database(tb testing.TB) string {
	tb.Helper()
	return createDatabase(tb, s.adminURL())
}

// borrowDatabase drops the database at the end, since the server stays.
func borrowDatabase(tb testing.TB, admin string) string {
	tb.Helper()
	database := createDatabase(tb, admin)
	tb.Cleanup(func() {
		name := database[strings.LastIndex(database, "/t_")+1:]
		name, _, _ = strings.Cut(name, "?")
		if err := execute(admin, "drop database "+name+" with (force)"); err != nil {
			tb.Errorf("drop the test's database: %v", err)
		}
	})
	return database
}

func createDatabase(tb testing.TB, admin string) string {
	tb.Helper()
	target, err := url.Parse(admin)
	if err != nil {
		tb.Fatalf("parse the server's URL: %v", err)
	}
	name := "t_" + strings.ToLower(rand.Text())
	if err := execute(admin, "create database "+name); err != nil {
		tb.Fatalf("create the test's database: %v", err)
	}
	target.Path = "/" + name
	return target.String()
}

func execute(target, sql string) error {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	conn, err := pgx.Connect(ctx, target)
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	defer func() { _ = conn.Close(ctx) }()
	_, err = conn.Exec(ctx, sql)
	return err
}
