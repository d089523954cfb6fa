package adaptertest

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"parley/domain/sqldb"
)

// shopDDL is the schema of the suite, under the name shop.
const shopDDL = `
-- The text of the items.
create table shop.items (
  id text not null,
  n bigint not null default 0 check (n >= 0),
  done boolean not null default false,
  weight double precision,
  note text default 'no text yet',
  primary key (id)
);
create index shop.items_by_n on shop.items (n, id);
create unique index if not exists shop.items_by_note on shop.items (note);
create table shop.checkpoint (name text primary key, position bigint not null);
insert into shop.checkpoint (name, position) values ('only', 0);
`

// dbFixture is one sub-test's database and its words for using it.
type dbFixture struct {
	testing.TB
	db  sqldb.DB
	ctx context.Context
}

func newDBFixture(t *testing.T, db sqldb.DB) *dbFixture {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	t.Cleanup(cancel)
	return &dbFixture{TB: t, db: db, ctx: ctx}
}

// shop creates a schema of the suite's shape under a name.
func (f *dbFixture) shop(name string) {
	f.Helper()
	f.ok(f.db.Create(f.ctx, name, strings.ReplaceAll(shopDDL, "shop.", name+".")))
}

func (f *dbFixture) write(schema, sql string, args ...any) {
	f.Helper()
	f.ok(f.db.Write(f.ctx, schema, []sqldb.Statement{{SQL: sql, Args: args}}))
}

func (f *dbFixture) tryWrite(sql string, args ...any) error {
	return f.db.Write(f.ctx, "shop", []sqldb.Statement{{SQL: sql, Args: args}})
}

// move is the compare-and-set of the checkpoint.
func move(schema string, from, to int64) sqldb.Statement {
	return sqldb.Statement{
		SQL:     "update " + schema + ".checkpoint set position = $2 where name = 'only' and position = $1",
		Args:    []any{from, to},
		Affects: 1,
	}
}

// rows reads a query whose columns are all text, as one string per row.
func (f *dbFixture) rows(columns int, sql string, args ...any) []string {
	f.Helper()
	rows, err := f.tryRows(columns, sql, args...)
	f.ok(err)
	return rows
}

func (f *dbFixture) tryRows(columns int, sql string, args ...any) ([]string, error) {
	var rows []string
	for row, err := range f.db.Query(f.ctx, sql, args...) {
		if err != nil {
			return rows, err
		}
		values, into := make([]string, columns), make([]any, columns)
		for i := range values {
			into[i] = &values[i]
		}
		if err := row.Scan(into...); err != nil {
			return rows, err
		}
		rows = append(rows, strings.Join(values, "|"))
	}
	return rows, nil
}

// number reads a query of one number.
func (f *dbFixture) number(sql string, args ...any) int64 {
	f.Helper()
	number, err := f.tryNumber(sql, args...)
	f.ok(err)
	return number
}

func (f *dbFixture) tryNumber(sql string, args ...any) (int64, error) {
	number, found := int64(0), false
	for row, err := range f.db.Query(f.ctx, sql, args...) {
		if err != nil {
			return 0, err
		}
		if err := row.Scan(&number); err != nil {
			return 0, err
		}
		found = true
	}
	if !found {
		return 0, errors.New("query yields no row")
	}
	return number, nil
}

func (f *dbFixture) ok(err error) {
	f.Helper()
	if err != nil {
		f.Fatal(err)
	}
}

func (f *dbFixture) wantErr(err, target error) {
	f.Helper()
	if !errors.Is(err, target) {
		f.Fatalf("error = %v, want %v", err, target)
	}
}

func (f *dbFixture) want(got, want any) {
	f.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		f.Fatalf("(-want +got)\n%s", diff)
	}
}
