package sqlite_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"parley/adapters/sqlite"
	"parley/domain/sqldb"
)

// victim names the variable with the folder in which this binary, run again,
// works until it is killed.
const victim = "PARLEY_SQLITE_VICTIM"

const advanceSQL = "update shop%s.checkpoint set position = $2 where position = $1"

func TestDB_survives_a_kill_at_any_moment(t *testing.T) {
	t.Parallel()
	if dir := os.Getenv(victim); dir != "" {
		work(dir)
		return
	}
	dir := t.TempDir()
	for round := range 12 {
		acknowledged := workAndKill(t, dir, 5+7*round)
		db := open(t, dir)
		stored := position(t, db, "shop")
		if stored != acknowledged && stored != acknowledged+1 {
			t.Fatalf("position %d is stored, %d was acknowledged", stored, acknowledged)
		}
		must(t, db.Close())
		if left := len(databases(t, dir)); left > 2 {
			t.Fatalf("%d files are left of two schemas", left)
		}
	}
}

// workAndKill runs this test in another process, kills it after some lines and
// returns the number in its last one.
func workAndKill(t *testing.T, dir string, lines int) (last int64) {
	t.Helper()
	child := exec.Command(os.Args[0], "-test.run=^TestDB_survives_a_kill_at_any_moment$")
	child.Env = append(os.Environ(), victim+"="+dir)
	output, err := child.StdoutPipe()
	must(t, err)
	must(t, child.Start())
	scanner := bufio.NewScanner(output)
	for n := 0; scanner.Scan(); n++ {
		number, ok := strings.CutPrefix(scanner.Text(), "at ")
		if !ok {
			t.Fatalf("the other process says: %s", scanner.Text())
		}
		last, err = strconv.ParseInt(number, 10, 64)
		must(t, err)
		if n == lines {
			must(t, child.Process.Kill())
		}
	}
	_ = child.Wait() // it was killed
	return last
}

// work writes the shop and replaces it by a new one, over and over, and tells
// each position that it knows to be stored.
func work(dir string) {
	db, err := sqlite.Open(sqlite.Config{Dir: dir, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		fmt.Println(err)
		return
	}
	at, err := start(db)
	for ; err == nil; at++ {
		fmt.Println("at", at)
		if at%3 == 0 {
			err = rebuild(db, at)
			continue
		}
		err = move(db, "", at, at+1)
	}
	fmt.Println(err)
}

// start creates the shop if there is none and returns its position.
func start(db sqldb.DB) (at int64, err error) {
	ctx := context.Background()
	there, err := db.Exists(ctx, "shop")
	if err != nil {
		return 0, err
	}
	if !there {
		return 0, fill(db, "shop", 0)
	}
	for row, err := range db.Query(ctx, "select position from shop.checkpoint") {
		if err != nil {
			return 0, err
		}
		if err := row.Scan(&at); err != nil {
			return 0, err
		}
	}
	return at, nil
}

// rebuild moves the shop on by putting another in its place.
func rebuild(db sqldb.DB, at int64) error {
	err := fill(db, "shop_new", at)
	err = errors.Join(err, move(db, "_new", at, at+1))
	return errors.Join(err, db.Promote(context.Background(), "shop_new", "shop",
		"select 1 from shop.checkpoint a join shop_new.checkpoint b on b.position = a.position + 1"))
}

func fill(db sqldb.DB, schema string, at int64) error {
	return db.Create(context.Background(), schema, fmt.Sprintf(
		"create table %[1]s.checkpoint (position bigint primary key); insert into %[1]s.checkpoint values (%[2]d)", schema, at))
}

func move(db sqldb.DB, suffix string, from, to int64) error {
	return db.Write(context.Background(), "shop"+suffix, []sqldb.Statement{
		{SQL: fmt.Sprintf(advanceSQL, suffix), Args: []any{from, to}, Affects: 1},
	})
}
