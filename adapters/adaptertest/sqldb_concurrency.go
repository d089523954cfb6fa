package adaptertest

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"

	"parley/domain/sqldb"
)

var dbConcurrencyCases = []dbCase{
	{"writers of different schemas do not wait for each other's readers", func(f *dbFixture) {
		const schemas, rounds = 6, 30
		var wg sync.WaitGroup
		for s := range schemas {
			name := fmt.Sprintf("shop_%d", s)
			f.shop(name)
			wg.Go(func() {
				for i := range int64(rounds) {
					if err := f.db.Write(f.ctx, name, []sqldb.Statement{move(name, i, i+1)}); err != nil {
						f.Errorf("%s: %v", name, err)
						return
					}
				}
			})
		}
		wg.Wait()
		for s := range schemas {
			f.want(f.number(fmt.Sprintf("select position from shop_%d.checkpoint", s)), int64(rounds))
		}
	}},
	{"of racing writers of one checkpoint exactly one wins each move", func(f *dbFixture) {
		f.shop("shop")
		const racers, moves = 4, 25
		var wins atomic.Int64
		var wg sync.WaitGroup
		for range racers {
			wg.Go(func() {
				for at := int64(0); at < moves; at++ {
					err := f.db.Write(f.ctx, "shop", []sqldb.Statement{
						move("shop", at, at+1),
						{SQL: "insert into shop.items (id, n) values ('sum', 1) on conflict (id) do update set n = items.n + 1"},
					})
					switch {
					case err == nil:
						wins.Add(1)
					case !errors.Is(err, sqldb.ErrStale):
						f.Errorf("move from %d: %v", at, err)
						return
					}
				}
			})
		}
		wg.Wait()
		f.want(f.number("select position from shop.checkpoint"), int64(moves))
		f.want(f.number("select n from shop.items"), int64(moves))
		f.want(wins.Load(), int64(moves))
	}},
	{"readers see a batch whole or not at all", func(f *dbFixture) {
		f.generation("shop", 0)
		f.whileReading(func() {
			for i := range int64(200) {
				f.ok(f.db.Write(f.ctx, "shop", []sqldb.Statement{
					move("shop", i, i+1),
					{SQL: "update shop.items set n = $1", Args: []any{i + 1}},
				}))
			}
		})
	}},
	{"a query sees schemas as they were at one moment", func(f *dbFixture) {
		f.shop("first")
		f.shop("second")
		done := make(chan struct{})
		var wg sync.WaitGroup
		wg.Go(func() {
			defer close(done)
			for i := range int64(300) {
				f.Helper()
				for _, schema := range []string{"first", "second"} {
					if err := f.db.Write(f.ctx, schema, []sqldb.Statement{move(schema, i, i+1)}); err != nil {
						f.Errorf("%s: %v", schema, err)
						return
					}
				}
			}
		})
		for range 4 {
			wg.Go(func() { f.readAhead(done) })
		}
		wg.Wait()
	}},
	{"schemas come and go while others are read", func(f *dbFixture) {
		f.generation("shop", 0)
		f.whileReading(func() {
			for i := range 8 {
				name := fmt.Sprintf("side_%d", i%3)
				f.shop(name)
				f.want(f.number("select count(*) from "+name+".items"), int64(0))
				if i%2 == 0 {
					f.ok(f.db.Drop(f.ctx, name))
				}
			}
		})
	}},
}

// readAhead checks that second, which is always written after first, is never
// seen ahead of it.
func (f *dbFixture) readAhead(done <-chan struct{}) {
	for {
		ahead, err := f.tryNumber("select s.position - p.position from second.checkpoint s cross join first.checkpoint p")
		if err != nil || ahead > 0 || ahead < -1 {
			f.Errorf("second is %d ahead of first: %v", ahead, err)
			return
		}
		select {
		case <-done:
			return
		default:
		}
	}
}
