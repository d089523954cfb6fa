package direct_test

import (
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	_ "modernc.org/sqlite"

	"parley/adapters/direct"
)

// file makes a file with three rows: (1, 'one', x'01'), (2, 'zwö', NULL) and
// (3, ”, x”).
func file(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "a file.db")
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	_, err = db.Exec(`pragma journal_mode = wal; create table t (id integer primary key, name text, data blob);
		insert into t values (1, 'one', x'01'), (2, 'zwö', null), (3, '', x'')`)
	if err != nil {
		t.Fatal(err)
	}
	return path
}

func open(t *testing.T, path string) *direct.Conn {
	t.Helper()
	conn, err := direct.Open(path, "busy_timeout(1000)", "query_only(1)")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := conn.Close(); err != nil {
			t.Error(err)
		}
	})
	return conn
}

func prepare(t *testing.T, conn *direct.Conn, text string) *direct.Stmt {
	t.Helper()
	stmt, err := conn.Prepare(text)
	if err != nil {
		t.Fatal(err)
	}
	return stmt
}

func next(t *testing.T, stmt *direct.Stmt) bool {
	t.Helper()
	more, err := stmt.Next()
	if err != nil {
		t.Fatal(err)
	}
	return more
}

func TestStmt_reads_what_is_there_and_again_after_a_reset(t *testing.T) {
	t.Parallel()
	stmt := prepare(t, open(t, file(t)), "select id, name, data from t where id > ? and name <> ? order by id")
	for range 2 {
		if err := stmt.Bind(int64(0), "nobody"); err != nil {
			t.Fatal(err)
		}
		for id, want := range []struct{ name, data string }{{"one", "\x01"}, {"zwö", ""}, {"", ""}} {
			if !next(t, stmt) {
				t.Fatalf("row %d is missing", id+1)
			}
			if got := stmt.Int(0); got != int64(id+1) {
				t.Errorf("id = %d, want %d", got, id+1)
			}
			if name, data := string(stmt.Bytes(1)), string(stmt.Bytes(2)); name != want.name || data != want.data {
				t.Errorf("row %d = %q, %q, want %q, %q", id+1, name, data, want.name, want.data)
			}
		}
		if next(t, stmt) {
			t.Error("there is a fourth row")
		}
		stmt.Reset()
	}
}

func TestStmt_reset_lets_go_of_its_snapshot(t *testing.T) {
	t.Parallel()
	path := file(t)
	stmt := prepare(t, open(t, path), "select id from t order by id desc")
	next(t, stmt)
	writer, err := direct.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer writer.Close()
	insert := prepare(t, writer, "insert into t (id) values (?)")
	if err := insert.Bind(int64(9)); err != nil {
		t.Fatal(err)
	}
	next(t, insert)
	insert.Reset()
	stmt.Reset()
	if next(t, stmt); stmt.Int(0) != 9 {
		t.Errorf("last id = %d after the reset, want 9", stmt.Int(0))
	}
	stmt.Reset()
}

func TestOpen_refuses_a_file_that_is_not_there(t *testing.T) {
	t.Parallel()
	_, err := direct.Open(filepath.Join(t.TempDir(), "missing.db"))
	if e, ok := errors.AsType[*direct.Error](err); !ok || !strings.Contains(e.Error(), "unable to open") {
		t.Errorf("err = %v, want one of SQLite", err)
	}
}

func TestStmt_names_damage(t *testing.T) {
	t.Parallel()
	path := file(t)
	if err := os.WriteFile(path, []byte(strings.Repeat("not a database ", 1000)), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := direct.Open(path, "query_only(1)", "user_version")
	if e, ok := errors.AsType[*direct.Error](err); !ok || e.Code&0xff != 26 {
		t.Errorf("err = %v, want code 26", err)
	}
}

func TestPrepare_refuses_what_is_no_statement(t *testing.T) {
	t.Parallel()
	if _, err := open(t, file(t)).Prepare("select x from nowhere"); err == nil || !strings.Contains(err.Error(), "nowhere") {
		t.Errorf("err = %v, want one that names the table", err)
	}
}

func TestBind_refuses_what_it_does_not_know(t *testing.T) {
	t.Parallel()
	if err := prepare(t, open(t, file(t)), "select ?").Bind(1i); err == nil {
		t.Error("a complex number was bound")
	}
	if err := prepare(t, open(t, file(t)), "select ?1, ?2").Bind(int64(1)); err == nil {
		t.Error("a parameter was left out")
	}
}

func TestBind_takes_every_type(t *testing.T) {
	t.Parallel()
	stmt := prepare(t, open(t, file(t)), "select ?1, ?2, ?3, ?4, ?5, ?1")
	if err := stmt.Bind(int64(7), "text", 1.5, true, nil); err != nil {
		t.Fatal(err)
	}
	next(t, stmt)
	if stmt.Int(0) != 7 || string(stmt.Bytes(1)) != "text" || stmt.Float(2) != 1.5 || stmt.Int(3) != 1 || !stmt.Null(4) || stmt.Int(5) != 7 {
		t.Error("what was bound is not what was read")
	}
	if stmt.Columns() != 6 {
		t.Errorf("%d columns", stmt.Columns())
	}
}

func TestInterrupt_ends_what_is_under_way(t *testing.T) {
	t.Parallel()
	conn := open(t, file(t))
	stmt := prepare(t, conn, "with recursive c (x) as (select 1 union all select x + 1 from c) select x from c")
	next(t, stmt)
	done := make(chan struct{})
	go func() { defer close(done); conn.Interrupt() }()
	<-done
	err := stmt.Run()
	if e, ok := errors.AsType[*direct.Error](err); !ok || e.Code != 9 {
		t.Errorf("err = %v, want code 9", err)
	}
	stmt.Reset()
	if next(t, prepare(t, conn, "select 1")); conn.Run("select 1") != nil {
		t.Error("nothing can be done after an interruption")
	}
}
