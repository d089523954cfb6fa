package adaptertest

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"parley/domain/sqldb"
)

var dbLeadCases = []dbCase{
	{"leadership that nobody holds is had at once", func(f *dbFixture) {
		held := f.lead("shop")
		f.wantHeld(held)
		held.Release()
	}},
	{"leaderships of different names are independent", func(f *dbFixture) {
		for _, name := range []string{"shop", "annex", "Ünïcode/name 3"} {
			defer f.lead(name).Release()
		}
	}},
	{"a second candidate waits until the first releases", func(f *dbFixture) {
		first := f.lead("shop")
		second := make(chan sqldb.Lease)
		go func() {
			held, err := f.db.Lead(f.ctx, "shop")
			if err != nil {
				f.Error(err)
			}
			second <- held
		}()
		select {
		case <-second:
			f.Fatal("two lead at a time")
		case <-time.After(150 * time.Millisecond):
		}
		f.wantHeld(first)
		first.Release()
		held := <-second
		f.wantHeld(held)
		held.Release()
	}},
	{"a candidate gives up with its context", func(f *dbFixture) {
		defer f.lead("shop").Release()
		ctx, cancel := context.WithTimeout(f.ctx, 50*time.Millisecond)
		defer cancel()
		_, err := f.db.Lead(ctx, "shop")
		f.wantErr(err, context.DeadlineExceeded)
	}},
	{"a candidate that gave up does not stand in the way", func(f *dbFixture) {
		first := f.lead("shop")
		ctx, cancel := context.WithTimeout(f.ctx, 20*time.Millisecond)
		defer cancel()
		_, err := f.db.Lead(ctx, "shop")
		f.wantErr(err, context.DeadlineExceeded)
		first.Release()
		f.lead("shop").Release()
	}},
	{"Release may be called again and takes nothing from the next leader", func(f *dbFixture) {
		first := f.lead("shop")
		first.Release()
		first.Release()
		second := f.lead("shop")
		first.Release()
		f.wantHeld(second)
		ctx, cancel := context.WithTimeout(f.ctx, 50*time.Millisecond)
		defer cancel()
		_, err := f.db.Lead(ctx, "shop")
		f.wantErr(err, context.DeadlineExceeded)
		second.Release()
	}},
	{"Lost stays open after Release", func(f *dbFixture) {
		held := f.lead("shop")
		held.Release()
		f.wantHeld(held)
	}},
	{"leadership outlives the context that it was sought with", func(f *dbFixture) {
		ctx, cancel := context.WithCancel(f.ctx)
		held, err := f.db.Lead(ctx, "shop")
		f.ok(err)
		cancel()
		f.wantHeld(held)
		held.Release()
	}},
	{"of many candidates one leads at a time and each gets its turn", func(f *dbFixture) {
		var wg sync.WaitGroup
		var leading atomic.Int32
		for range 4 {
			wg.Go(func() {
				held, err := f.db.Lead(f.ctx, "shop")
				if err != nil {
					f.Error(err)
					return
				}
				if leading.Add(1) != 1 {
					f.Error("two lead at a time")
				}
				leading.Add(-1)
				held.Release()
			})
		}
		wg.Wait()
	}},
}

func (f *dbFixture) lead(name string) sqldb.Lease {
	f.Helper()
	held, err := f.db.Lead(f.ctx, name)
	f.ok(err)
	return held
}

func (f *dbFixture) wantHeld(held sqldb.Lease) {
	f.Helper()
	select {
	case <-held.Lost():
		f.Fatal("leadership is lost")
	default:
	}
}
