package adaptertest

import (
	"fmt"
	"sync"

	"parley/domain/eventlog"
)

var followLiveCases = []logCase{
	{"the switch from catching up to live loses and doubles nothing", func(f *logFixture) {
		running := f.startAppenders(8, 60)
		var followers []*follower
		for range 4 {
			followers = append(followers, f.follow(eventlog.Start))
		}
		got := followAll(followers, 8*60)
		running.Wait()
		want := f.readPrefix()
		for _, events := range got {
			f.wantSame(want, events)
		}
	}},
	{"followers that start while appenders run get all that is behind them", func(f *logFixture) {
		running := f.startAppenders(8, 60)
		var followers []*follower
		var starts []eventlog.Position
		for range 6 {
			tail, err := f.log.End(f.ctx)
			if err != nil {
				f.Fatalf("tail: %v", err)
			}
			starts, followers = append(starts, tail), append(followers, f.follow(tail))
		}
		running.Wait()
		for i, r := range followers {
			want := f.all(f.log.ReadAll(f.ctx, starts[i], f.prefix, 0))
			if got := r.events(len(want)); len(got)+len(want) > 0 {
				f.wantSame(want, got)
			}
		}
	}},
	{"a follower sees an append once it is answered", func(f *logFixture) {
		sub := f.follow(eventlog.Start)
		for revision := eventlog.NoStream; revision < 50; revision++ {
			at := f.mustAppend(f.stream("a"), revision, newEvents(1)...)
			if got := sub.events(1); got[0].Position != at.Position {
				f.Fatalf("got the event at %d, want %d", got[0].Position, at.Position)
			}
		}
	}},
	{"a reader that stops for a while misses nothing", func(f *logFixture) {
		slow := f.follow(eventlog.Start)
		slow.untilLive()
		running := f.startAppenders(8, 160)
		quick := f.follow(eventlog.Start)
		want := quick.events(8 * 160)
		running.Wait()
		f.wantSame(want, slow.events(8*160))
	}},
	{"a read of the whole log ends while appenders run", func(f *logFixture) {
		running := f.startAppenders(4, 100)
		for range 5 {
			f.wantIncreasing(eventlog.Start, f.readPrefix())
		}
		running.Wait()
	}},
}

// startAppenders lets n writers append events one by one, each to a stream of
// its own, with a foreign event now and then.
func (f *logFixture) startAppenders(n, events int) *sync.WaitGroup {
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			for k := range events {
				f.tryAppend(f.stream(fmt.Sprint(i)), eventlog.Revision(k-1))
				if k%10 == 0 {
					f.tryAppend(f.foreign(fmt.Sprint(i)), eventlog.Revision(k/10-1))
				}
			}
		})
	}
	return &wg
}

// followAll lets every follower collect n events at the same time.
func followAll(followers []*follower, n int) [][]eventlog.Recorded {
	got := make([][]eventlog.Recorded, len(followers))
	concurrently(len(followers), func(i int) { got[i] = followers[i].events(n) })
	return got
}
