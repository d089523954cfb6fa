package adaptertest

import (
	"fmt"
	"sync"

	"parley/domain/sqldb"
)

// equalCheckpoints is the check with which a rebuilt schema takes its place.
const equalCheckpoints = "select 1 from shop.checkpoint a join shop_new.checkpoint b on b.position = a.position"

var dbPromoteCases = []dbCase{
	{"Promote puts one schema in the place of another", func(f *dbFixture) {
		f.twoShops()
		f.want(f.rows(1, "select id from shop.items"), []string{"old"})
		f.ok(f.db.Promote(f.ctx, "shop_new", "shop", equalCheckpoints))
		f.want(f.rows(1, "select id from shop.items"), []string{"new"})
		f.wantExists("shop_new", false)
		_, err := f.tryNumber("select count(*) from shop_new.items")
		f.wantErr(err, sqldb.ErrNoSchema)
	}},
	{"a promoted schema is written under its new name only", func(f *dbFixture) {
		f.twoShops()
		f.ok(f.db.Promote(f.ctx, "shop_new", "shop", equalCheckpoints))
		f.ok(f.db.Write(f.ctx, "shop", []sqldb.Statement{move("shop", 0, 1)}))
		f.wantErr(f.db.Write(f.ctx, "shop_new", []sqldb.Statement{move("shop_new", 0, 1)}), sqldb.ErrNoSchema)
		f.want(f.number("select position from shop.checkpoint"), int64(1))
	}},
	{"a check without rows changes nothing and is ErrStale", func(f *dbFixture) {
		f.twoShops()
		f.ok(f.db.Write(f.ctx, "shop", []sqldb.Statement{move("shop", 0, 1)}))
		f.wantErr(f.db.Promote(f.ctx, "shop_new", "shop", equalCheckpoints), sqldb.ErrStale)
		f.want(f.rows(1, "select id from shop.items"), []string{"old"})
		f.want(f.rows(1, "select id from shop_new.items"), []string{"new"})
		f.ok(f.db.Write(f.ctx, "shop", []sqldb.Statement{move("shop", 1, 2)}))
		f.ok(f.db.Write(f.ctx, "shop_new", []sqldb.Statement{move("shop_new", 0, 2)}))
		f.ok(f.db.Promote(f.ctx, "shop_new", "shop", equalCheckpoints))
	}},
	{"promoting a missing schema is ErrNoSchema", func(f *dbFixture) {
		f.shop("shop")
		f.wantErr(f.db.Promote(f.ctx, "shop_new", "shop", "select 1"), sqldb.ErrNoSchema)
		f.wantExists("shop", true)
	}},
	{"a place that is empty may be taken", func(f *dbFixture) {
		f.shop("shop_new")
		f.ok(f.db.Promote(f.ctx, "shop_new", "shop", "select 1 from shop_new.checkpoint"))
		f.want(f.number("select count(*) from shop.items"), int64(0))
	}},
	{"generations follow each other", func(f *dbFixture) {
		f.twoShops()
		for i := range 5 {
			f.ok(f.db.Promote(f.ctx, "shop_new", "shop", equalCheckpoints))
			f.shop("shop_new")
			f.write("shop_new", "insert into shop_new.items (id) values ($1)", fmt.Sprint(i))
		}
		f.want(f.rows(1, "select id from shop.items"), []string{"3"})
	}},
	{"readers never fail and never see half of a Promote", func(f *dbFixture) {
		f.generation("shop", 0)
		f.whileReading(func() {
			for i := range 15 {
				f.generation("shop_new", int64(i+1))
				f.ok(f.db.Promote(f.ctx, "shop_new", "shop", "select 1"))
			}
		})
		f.want(f.number("select position from shop.checkpoint"), int64(15))
	}},
	{"a writer is either before a Promote or after it", func(f *dbFixture) {
		f.twoShops()
		var wg sync.WaitGroup
		promoted := make(chan struct{})
		wg.Go(func() { f.moveUntilStale("shop", promoted) })
		for range 5 {
			at := f.number("select position from shop.checkpoint")
			f.ok(f.db.Write(f.ctx, "shop_new", []sqldb.Statement{
				{SQL: "update shop_new.checkpoint set position = $1", Args: []any{at}},
			}))
			if err := f.db.Promote(f.ctx, "shop_new", "shop", equalCheckpoints); err != nil {
				f.wantErr(err, sqldb.ErrStale)
			}
			f.shop("shop_new")
		}
		close(promoted)
		wg.Wait()
	}},
}

// moveUntilStale moves the checkpoint on from what it reads. Nobody but a
// Promote at an equal checkpoint interferes, so it must never be refused.
func (f *dbFixture) moveUntilStale(schema string, done <-chan struct{}) {
	for at := int64(0); ; at++ {
		if err := f.db.Write(f.ctx, schema, []sqldb.Statement{move(schema, at, at+1)}); err != nil {
			f.Errorf("move from %d: %v", at, err)
			return
		}
		select {
		case <-done:
			return
		default:
		}
	}
}

// twoShops are a live schema and one to take its place.
func (f *dbFixture) twoShops() {
	f.Helper()
	f.shop("shop")
	f.shop("shop_new")
	f.write("shop", "insert into shop.items (id) values ('old')")
	f.write("shop_new", "insert into shop_new.items (id) values ('new')")
}

// generation is a schema in which each table holds the same number.
func (f *dbFixture) generation(schema string, number int64) {
	f.shop(schema)
	f.ok(f.db.Write(f.ctx, schema, []sqldb.Statement{
		{SQL: "insert into " + schema + ".items (id, n) values ('a', $1)", Args: []any{number}},
		{SQL: "update " + schema + ".checkpoint set position = $1", Args: []any{number}},
	}))
}

// whileReading runs work while readers join the two tables of the shop.
func (f *dbFixture) whileReading(work func()) {
	var wg sync.WaitGroup
	done := make(chan struct{})
	for range 4 {
		wg.Go(func() {
			for latest := int64(0); ; {
				half, err := f.tryNumber("select case when i.n = c.position then i.n else -1 end from shop.items i cross join shop.checkpoint c")
				if err != nil || half < latest {
					f.Errorf("read generation %d after %d: %v", half, latest, err)
					return
				}
				latest = half
				select {
				case <-done:
					return
				default:
				}
			}
		})
	}
	work()
	close(done)
	wg.Wait()
}
