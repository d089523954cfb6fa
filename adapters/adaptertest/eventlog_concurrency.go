package adaptertest

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"

	"parley/domain/eventlog"
)

var concurrencyCases = []logCase{
	{"of 64 appends at one revision exactly one is accepted", func(f *logFixture) {
		for expected := eventlog.NoStream; expected < 4; expected++ {
			var accepted atomic.Int32
			concurrently(64, func(int) {
				if f.tryAppend(f.stream("a"), expected) {
					accepted.Add(1)
				}
			})
			if n := accepted.Load(); n != 1 {
				f.Fatalf("%d appends at %d were accepted, want 1", n, expected)
			}
		}
	}},
	{"64 identical appends at once are one append", func(f *logFixture) {
		events := newEvents(3)
		results := make([]eventlog.Appended, 64)
		concurrently(len(results), func(i int) {
			got, err := f.log.Append(f.ctx, f.stream("a"), eventlog.NoStream, events)
			if err != nil {
				f.Errorf("append: %v", err)
			}
			results[i] = got
		})
		for _, r := range results {
			if r != results[0] {
				f.Errorf("answers differ: %+v and %+v", r, results[0])
			}
		}
		f.wantContent(f.readStream(f.stream("a")), f.stream("a"), 0, events)
	}},
	{"64 writers on one stream leave neither gap nor double", func(f *logFixture) {
		var head atomic.Int64
		head.Store(int64(eventlog.NoStream))
		concurrently(64, func(int) {
			for written := 0; written < 2 && f.ctx.Err() == nil; {
				expected := head.Load()
				if f.tryAppend(f.stream("a"), eventlog.Revision(expected)) {
					written++
				}
				// Whoever lost knows that someone else has won this revision.
				head.CompareAndSwap(expected, expected+1)
			}
		})
		f.wantWhole(f.stream("a"), 128)
	}},
	{"64 writers on streams of their own all succeed", func(f *logFixture) {
		concurrently(64, func(i int) {
			stream := f.stream(fmt.Sprint(i))
			for revision := eventlog.NoStream; revision < 7; revision++ {
				if !f.tryAppend(stream, revision) {
					f.Errorf("append to %s at %d conflicts", stream, revision)
				}
			}
		})
		for i := range 64 {
			f.wantWhole(f.stream(fmt.Sprint(i)), 8)
		}
		events := f.readPrefix()
		f.wantIncreasing(eventlog.Start, events)
		if len(events) != 512 {
			f.Errorf("log has %d events, want 512", len(events))
		}
	}},
	{"events of one append stay together and in order among other writers", func(f *logFixture) {
		concurrently(32, func(i int) {
			f.mustAppendAsync(f.stream(fmt.Sprint(i)), newEvents(5))
		})
		for i, e := range f.readPrefix() {
			if e.Revision != eventlog.Revision(i%5) {
				f.Fatalf("event %d of the log is revision %d of %s", i, e.Revision, e.Stream)
			}
		}
	}},
}

// concurrently runs n functions at the same time and waits for them.
func concurrently(n int, run func(i int)) {
	var wg sync.WaitGroup
	start := make(chan struct{})
	for i := range n {
		wg.Go(func() {
			<-start
			run(i)
		})
	}
	close(start)
	wg.Wait()
}

// tryAppend appends one new event and reports whether it was accepted. Any
// error but a conflict fails the test.
func (f *logFixture) tryAppend(stream string, expected eventlog.Revision) bool {
	got, err := f.log.Append(f.ctx, stream, expected, newEvents(1))
	var conflict *eventlog.ConflictError
	if errors.As(err, &conflict) {
		return false
	}
	if err != nil {
		f.Errorf("append to %s at %d: %v", stream, expected, err)
		return false
	}
	if got.Revision != expected+1 {
		f.Errorf("append at %d gave revision %d", expected, got.Revision)
	}
	return true
}

// mustAppendAsync appends to a new stream; it may run beside the test.
func (f *logFixture) mustAppendAsync(stream string, events []eventlog.NewEvent) {
	if _, err := f.log.Append(f.ctx, stream, eventlog.NoStream, events); err != nil {
		f.Errorf("append to %s: %v", stream, err)
	}
}

// wantWhole demands a stream of n events with revisions 0 to n-1.
func (f *logFixture) wantWhole(stream string, n int) {
	f.Helper()
	events := f.readStream(stream)
	if len(events) != n {
		f.Fatalf("%s has %d events, want %d", stream, len(events), n)
	}
	for i, e := range events {
		if e.Revision != eventlog.Revision(i) {
			f.Fatalf("event %d of %s has revision %d", i, stream, e.Revision)
		}
	}
	f.wantIncreasing(eventlog.Start, events)
}
