package adaptertest

import "parley/domain/sqldb"

var dbCloseCases = []dbCase{
	{"a closed database refuses every call", func(f *dbFixture) {
		f.shop("shop")
		f.ok(f.db.Close())
		insert := []sqldb.Statement{{SQL: "insert into shop.items (id) values ('a')"}}
		_, query := f.tryNumber("select 1")
		_, lead := f.db.Lead(f.ctx, "shop")
		_, exists := f.db.Exists(f.ctx, "shop")
		_, tables := f.db.Tables(f.ctx, "shop")
		for call, err := range map[string]error{
			"Write": f.db.Write(f.ctx, "shop", insert), "Create": f.db.Create(f.ctx, "annex", ""),
			"Drop": f.db.Drop(f.ctx, "shop"), "Promote": f.db.Promote(f.ctx, "shop", "annex", "select 1"),
			"Ping": f.db.Ping(f.ctx), "Query": query, "Lead": lead, "Exists": exists, "Tables": tables,
		} {
			if err == nil {
				f.Errorf("%s works after Close", call)
			}
		}
	}},
	{"Close may be called again", func(f *dbFixture) {
		f.ok(f.db.Close())
		f.ok(f.db.Close())
	}},
	{"Close waits for a query in flight", func(f *dbFixture) {
		f.shop("shop")
		sql, args := manyItems(5000, 0)
		f.write("shop", sql, args...)
		closed, count := make(chan error, 1), 0
		for _, err := range f.db.Query(f.ctx, "select id from shop.items") {
			f.ok(err)
			if count == 0 {
				go func() { closed <- f.db.Close() }()
			}
			count++
		}
		f.want(count, 5000)
		f.ok(<-closed)
	}},
	{"Close ends leaderships and candidacies", func(f *dbFixture) {
		held := f.lead("shop")
		refused := make(chan error, 1)
		go func() {
			_, err := f.db.Lead(f.ctx, "shop")
			refused <- err
		}()
		f.ok(f.db.Close())
		if err := <-refused; err == nil {
			f.Error("a candidate won a closed database")
		}
		<-held.Lost()
		held.Release()
	}},
}
