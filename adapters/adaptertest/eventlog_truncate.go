package adaptertest

import (
	"sync"

	"parley/domain/eventlog"
)

// mustTruncate truncates and fails the test on any error.
func (f *logFixture) mustTruncate(stream string, before eventlog.Revision) {
	f.Helper()
	if err := f.log.Truncate(f.ctx, stream, before); err != nil {
		f.Fatalf("truncate %s before %d: %v", stream, before, err)
	}
}

var truncateCases = []logCase{
	{"a truncated stream begins with the revision that it was truncated before", func(f *logFixture) {
		events := newEvents(5)
		f.mustAppend(f.stream("a"), eventlog.NoStream, events...)
		f.mustTruncate(f.stream("a"), 3)
		for _, from := range []eventlog.Revision{0, 2, 3} {
			f.wantContent(f.all(f.log.ReadStream(f.ctx, f.stream("a"), from, 0)), f.stream("a"), 3, events[3:])
		}
		f.wantContent(f.all(f.log.ReadStream(f.ctx, f.stream("a"), 0, 1)), f.stream("a"), 3, events[3:4])
		f.wantContent(f.all(f.log.ReadStream(f.ctx, f.stream("a"), 4, 0)), f.stream("a"), 4, events[4:])
	}},
	{"a truncated stream goes on at its revision", func(f *logFixture) {
		events := newEvents(4)
		f.mustAppend(f.stream("a"), eventlog.NoStream, events[:3]...)
		f.mustTruncate(f.stream("a"), 2)
		f.wantConflict(f.stream("a"), eventlog.NoStream, events[3])
		f.mustAppend(f.stream("a"), 2, events[3])
		f.mustAppend(f.stream("a"), 2, events[3]) // the same again
		f.wantContent(f.readStream(f.stream("a")), f.stream("a"), 2, events[2:])
	}},
	{"what is truncated stays so", func(f *logFixture) {
		events := newEvents(4)
		f.mustAppend(f.stream("a"), eventlog.NoStream, events...)
		for _, before := range []eventlog.Revision{3, 3, 1, 0} {
			f.mustTruncate(f.stream("a"), before)
			f.wantContent(f.readStream(f.stream("a")), f.stream("a"), 3, events[3:])
		}
	}},
	{"truncating one stream leaves the others alone", func(f *logFixture) {
		events := newEvents(2)
		f.mustAppend(f.stream("a"), eventlog.NoStream, newEvents(2)...)
		f.mustAppend(f.stream("b"), eventlog.NoStream, events...)
		f.mustTruncate(f.stream("a"), 1)
		f.wantContent(f.readStream(f.stream("b")), f.stream("b"), 0, events)
	}},
	{"a truncation is no event that readers and followers meet", func(f *logFixture) {
		events := newEvents(2)
		f.mustAppend(f.stream("a"), eventlog.NoStream, events...)
		f.mustTruncate(f.stream("a"), 1)
		last := f.mustAppend(f.stream("b"), eventlog.NoStream, newEvents(1)...)
		all := f.readPrefix()
		if got := all[len(all)-1].Position; got != last.Position {
			f.Errorf("the last event is at %d, want %d", got, last.Position)
		}
		if got := all[len(all)-2].ID; got != events[1].ID {
			f.Errorf("before it comes %s, want %s", got, events[1].ID)
		}
	}},
	{"truncations at the same time all hold", func(f *logFixture) {
		events := newEvents(9)
		f.mustAppend(f.stream("a"), eventlog.NoStream, events...)
		var all sync.WaitGroup
		for before := range eventlog.Revision(9) {
			all.Go(func() {
				if err := f.log.Truncate(f.ctx, f.stream("a"), before); err != nil {
					f.Errorf("truncate before %d: %v", before, err)
				}
			})
		}
		all.Wait()
		f.wantContent(f.readStream(f.stream("a")), f.stream("a"), 8, events[8:])
	}},
}
