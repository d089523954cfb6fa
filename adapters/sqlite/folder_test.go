package sqlite_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"parley/adapters/sqlite"
	"parley/domain/sqldb"
)

func TestOpen_finds_what_was_written_before(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	db := open(t, dir)
	create(t, db, "shop", 1)
	create(t, db, "shop_new", 2)
	must(t, db.Promote(t.Context(), "shop_new", "shop", "select 1"))
	must(t, db.Close())

	db = open(t, dir)

	if got := position(t, db, "shop"); got != 2 {
		t.Errorf("position = %d, want 2", got)
	}
	if there, err := db.Exists(t.Context(), "shop_new"); err != nil || there {
		t.Errorf("the promoted schema exists under its old name: %v, %v", there, err)
	}
}

func TestDB_deletes_the_files_of_what_is_gone(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	db := open(t, dir)
	for i := range 4 {
		create(t, db, "shop", int64(i))
		position(t, db, "shop")
		create(t, db, "shop_new", int64(i))
		position(t, db, "shop_new")
		must(t, db.Promote(t.Context(), "shop_new", "shop", "select 1"))
		position(t, db, "shop")
	}
	if got := databases(t, dir); len(got) != 1 {
		t.Errorf("files = %v, want one", got)
	}
	must(t, db.Drop(t.Context(), "shop"))
	if got := databases(t, dir); len(got) != 0 {
		t.Errorf("files = %v, want none", got)
	}
}

func TestDB_overwrites_what_is_deleted_from_a_wiped_schema(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	db, err := sqlite.Open(sqlite.Config{Dir: dir, Wiped: []string{"shop"}})
	must(t, err)
	must(t, db.Create(t.Context(), "shop", "create table shop.things (id bigint primary key, text text not null)"))
	write := func(sql string, args ...any) {
		t.Helper()
		must(t, db.Write(t.Context(), "shop", []sqldb.Statement{{SQL: sql, Args: args}}))
	}
	long := strings.Repeat("secret ", 10_000)
	write("insert into shop.things (id, text) values ($1, $2), ($3, $4), ($5, $6)", 1, "secret", 2, long, 3, "secret")
	write("delete from shop.things where id = $1 or id = $2", 1, 2)
	write("update shop.things set text = $1 where id = $2", "none", 3)
	must(t, db.Close())
	for _, name := range databases(t, dir) {
		content, err := os.ReadFile(filepath.Join(dir, name))
		must(t, err)
		if strings.Contains(string(content), "secret") {
			t.Errorf("%s still has what was deleted", name)
		}
	}
}

func TestOpen_deletes_its_own_left_overs_and_nothing_else(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	db := open(t, dir)
	create(t, db, "shop", 1)
	must(t, db.Close())
	for _, name := range []string{"shop-77.db", "shop-77.db-wal", "events.db", "notes.txt"} {
		must(t, os.WriteFile(filepath.Join(dir, name), []byte("x"), 0o600))
	}

	db = open(t, dir)

	if got, want := databases(t, dir), "events.db shop-1.db"; strings.Join(got, " ") != want {
		t.Errorf("files = %v, want %s", got, want)
	}
	if got := position(t, db, "shop"); got != 1 {
		t.Errorf("position = %d, want 1", got)
	}
}

func TestOpen_forgets_a_schema_whose_file_was_deleted(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	db := open(t, dir)
	create(t, db, "shop", 1)
	must(t, db.Close())
	must(t, os.Remove(filepath.Join(dir, databases(t, dir)[0])))

	db = open(t, dir)

	if there, err := db.Exists(t.Context(), "shop"); err != nil || there {
		t.Errorf("exists = %v, %v; want not", there, err)
	}
	create(t, db, "shop", 3)
	if got := position(t, db, "shop"); got != 3 {
		t.Errorf("position = %d, want 3", got)
	}
}

func TestOpen_says_what_to_do_about_a_damaged_catalog(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	must(t, os.WriteFile(filepath.Join(dir, "catalog.json"), []byte(`{"next`), 0o600))
	_, err := sqlite.Open(sqlite.Config{Dir: dir})
	if err == nil || !strings.Contains(err.Error(), "delete its folder") {
		t.Errorf("error = %v, want one that says what to do", err)
	}
}

func TestWrite_is_unavailable_when_the_folder_is_gone(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "models")
	db := open(t, dir)
	must(t, os.RemoveAll(dir))
	if err := db.Create(context.Background(), "shop", ""); !errors.Is(err, sqldb.ErrUnavailable) {
		t.Errorf("error = %v, want %v", err, sqldb.ErrUnavailable)
	}
}

// create makes a schema whose checkpoint is at a position.
func create(t *testing.T, db sqldb.DB, schema string, at int64) {
	t.Helper()
	must(t, db.Create(context.Background(), schema,
		"create table "+schema+".checkpoint (name text primary key, position bigint not null)"))
	must(t, db.Write(context.Background(), schema, []sqldb.Statement{{
		SQL: "insert into " + schema + ".checkpoint (name, position) values ('only', $1)", Args: []any{at},
	}}))
}

func position(t *testing.T, db sqldb.DB, schema string) (at int64) {
	t.Helper()
	for row, err := range db.Query(context.Background(), "select position from "+schema+".checkpoint") {
		must(t, err)
		must(t, row.Scan(&at))
	}
	return at
}

// databases names the database files in the folder.
func databases(t *testing.T, dir string) (names []string) {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(dir, "*.db"))
	must(t, err)
	for _, path := range found {
		names = append(names, filepath.Base(path))
	}
	return names
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
