package adaptertest

import (
	"testing"
	"time"

	"parley/domain/sqldb"
)

// SQLDBAcross checks what holds between two handles of one database, as two
// instances of the program have them.
func SQLDBAcross(t *testing.T, open func(t *testing.T) (first, second sqldb.DB)) {
	t.Helper()
	for _, c := range dbAcrossCases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			first, second := open(t)
			c.check(newDBFixture(t, first), newDBFixture(t, second))
		})
	}
}

type dbAcrossCase struct {
	name  string
	check func(first, second *dbFixture)
}

var dbAcrossCases = []dbAcrossCase{
	{"one sees what the other created, wrote, promoted and dropped", func(first, second *dbFixture) {
		first.twoShops()
		second.want(second.rows(1, "select id from shop.items"), []string{"old"})
		first.ok(first.db.Promote(first.ctx, "shop_new", "shop", equalCheckpoints))
		second.want(second.rows(1, "select id from shop.items"), []string{"new"})
		second.ok(second.db.Drop(second.ctx, "shop"))
		first.wantExists("shop", false)
	}},
	{"one moves a checkpoint and the other is stale", func(first, second *dbFixture) {
		first.shop("shop")
		first.ok(first.db.Write(first.ctx, "shop", []sqldb.Statement{move("shop", 0, 1)}))
		second.wantErr(second.db.Write(second.ctx, "shop", []sqldb.Statement{move("shop", 0, 1)}), sqldb.ErrStale)
	}},
	{"one leads until the other's turn comes by Release or Close", func(first, second *dbFixture) {
		held := first.lead("shop")
		other := make(chan sqldb.Lease, 1)
		go func() {
			lease, err := second.db.Lead(second.ctx, "shop")
			if err != nil {
				second.Error(err)
			}
			other <- lease
		}()
		select {
		case <-other:
			second.Fatal("two lead at a time")
		case <-time.After(100 * time.Millisecond):
		}
		held.Release()
		<-other
		second.ok(second.db.Close())
		first.lead("shop").Release()
	}},
}
