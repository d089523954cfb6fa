package adaptertest

import (
	"fmt"

	"github.com/google/uuid"

	"parley/domain/eventlog"
)

var readCases = []logCase{
	{"a missing stream yields nothing", func(f *logFixture) {
		f.mustAppend(f.stream("ab"), eventlog.NoStream, newEvents(1)...)
		if got := f.readStream(f.stream("a")); len(got) != 0 {
			f.Errorf("got %d events", len(got))
		}
	}},
	{"a stream is read from a revision, at most a limit", func(f *logFixture) {
		events := newEvents(10)
		f.mustAppend(f.stream("a"), eventlog.NoStream, events[:6]...)
		f.mustAppend(f.stream("b"), eventlog.NoStream, newEvents(2)...)
		f.mustAppend(f.stream("a"), 5, events[6:]...)
		for _, c := range []struct{ from, limit, end int }{
			{0, 0, 10}, {0, 3, 3}, {4, 0, 10}, {4, 1, 5}, {9, 5, 10}, {5, 2, 7}, {10, 0, 10}, {25, 3, 25},
		} {
			got := f.all(f.log.ReadStream(f.ctx, f.stream("a"), eventlog.Revision(c.from), c.limit))
			f.wantContent(got, f.stream("a"), eventlog.Revision(c.from), events[min(c.from, 10):min(c.end, 10)])
		}
	}},
	{"a long stream is read whole", func(f *logFixture) {
		events := newEvents(1500)
		for i := 0; i < len(events); i += 100 {
			f.mustAppend(f.stream("a"), eventlog.Revision(i-1), events[i:i+100]...)
		}
		f.wantContent(f.readStream(f.stream("a")), f.stream("a"), 0, events)
	}},
	{"a reader may stop early and read again", func(f *logFixture) {
		f.mustAppend(f.stream("a"), eventlog.NoStream, newEvents(20)...)
		for range 3 {
			for e, err := range f.log.ReadStream(f.ctx, f.stream("a"), 0, 0) {
				if err != nil || e.Revision != 0 {
					f.Fatalf("first event is %+v, %v", e, err)
				}
				break
			}
		}
		seq := f.log.ReadStream(f.ctx, f.stream("a"), 0, 0)
		f.wantSame(f.all(seq), f.all(seq))
	}},
}

var readAllCases = []logCase{
	{"the log yields all streams of the prefix in the order of positions", func(f *logFixture) {
		want := f.interleave(40)
		got := f.readPrefix()
		f.wantIncreasing(eventlog.Start, got)
		f.wantSame(want, got)
	}},
	{"the log is read behind a position, at most a limit", func(f *logFixture) {
		want := f.interleave(20)
		for _, c := range []struct{ skip, limit int }{{1, 0}, {1, 1}, {7, 5}, {19, 5}, {20, 0}, {12, 100}} {
			got := f.all(f.log.ReadAll(f.ctx, want[c.skip-1].Position, f.prefix, c.limit))
			end := len(want)
			if c.limit > 0 {
				end = min(end, c.skip+c.limit)
			}
			if len(got) != end-c.skip {
				f.Fatalf("skip %d, limit %d: got %d events, want %d", c.skip, c.limit, len(got), end-c.skip)
			}
			if len(got) > 0 {
				f.wantSame(want[c.skip:end], got)
			}
		}
	}},
	{"a prefix is taken literally", func(f *logFixture) {
		events := newEvents(1)
		f.mustAppend(f.stream("a_%b-1"), eventlog.NoStream, events...)
		for _, other := range []string{"axxb-1", "A_%B-1", "a_%", "xa_%b-1", "a_%c"} {
			f.mustAppend(f.stream(other), eventlog.NoStream, newEvents(1)...)
		}
		got := f.all(f.log.ReadAll(f.ctx, eventlog.Start, f.stream("a_%b"), 0))
		f.wantContent(got, f.stream("a_%b-1"), 0, events)
	}},
	{"a prefix without events yields nothing", func(f *logFixture) {
		f.mustAppend(f.foreign("a"), eventlog.NoStream, newEvents(1)...)
		if got := f.readPrefix(); len(got) != 0 {
			f.Errorf("got %d events", len(got))
		}
	}},
	{"what others write between, before and behind is passed over", func(f *logFixture) {
		f.mustAppend(f.foreign("before"), eventlog.NoStream, newEvents(60)...)
		first := f.mustAppend(f.stream("a"), eventlog.NoStream, newEvents(1)...)
		f.mustAppend(f.foreign("between"), eventlog.NoStream, newEvents(60)...)
		f.mustAppend(f.stream("a"), 0, newEvents(1)...)
		last := f.mustAppend(f.foreign("behind"), eventlog.NoStream, newEvents(60)...)
		want := f.readStream(f.stream("a"))
		f.wantSame(want, f.readPrefix())
		f.wantSame(want[1:], f.all(f.log.ReadAll(f.ctx, first.Position, f.prefix, 1)))
		for _, after := range []eventlog.Position{want[1].Position, last.Position} {
			if got := f.all(f.log.ReadAll(f.ctx, after, f.prefix, 0)); len(got) > 0 {
				f.Errorf("got %d events behind %d", len(got), after)
			}
		}
	}},
	{"without a prefix everything is read", func(f *logFixture) {
		first := f.mustAppend(f.stream("a"), eventlog.NoStream, newEvents(1)...)
		f.mustAppend(f.foreign("a"), eventlog.NoStream, newEvents(2)...)
		f.mustAppend(f.stream("a"), 0, newEvents(1)...)
		seen := map[string]int{}
		for _, e := range f.all(f.log.ReadAll(f.ctx, first.Position, "", 0)) {
			seen[e.Stream]++
		}
		if seen[f.stream("a")] != 1 || seen[f.foreign("a")] != 2 {
			f.Errorf("got %d events of one's own and %d of others, want 1 and 2", seen[f.stream("a")], seen[f.foreign("a")])
		}
	}},
	{"the identity is the first event's id and stays", func(f *logFixture) {
		f.wantIdentity(uuid.Nil)
		f.mustAppend(f.foreign("a"), eventlog.NoStream, newEvents(1)...)
		events := newEvents(2)
		f.mustAppend(f.stream("a"), eventlog.NoStream, events...)
		f.wantIdentity(events[0].ID)
		f.mustAppend(f.stream("b"), eventlog.NoStream, newEvents(1)...)
		f.wantIdentity(events[0].ID)
	}},
}

// interleave appends n events one by one to three streams of the prefix, with
// foreign ones between, and returns them as their streams hold them.
func (f *logFixture) interleave(n int) []eventlog.Recorded {
	f.Helper()
	events := make([]eventlog.Recorded, n)
	for i := range events {
		stream, revision := f.stream(fmt.Sprint(i%3)), eventlog.Revision(i/3)
		f.mustAppend(stream, revision-1, newEvents(1)...)
		events[i] = f.all(f.log.ReadStream(f.ctx, stream, revision, 1))[0]
		f.mustAppend(f.foreign("x"), eventlog.Revision(i-1), newEvents(1)...)
	}
	return events
}

func (f *logFixture) wantIdentity(want uuid.UUID) {
	f.Helper()
	got, err := eventlog.Identity(f.ctx, f.log, f.prefix)
	if err != nil || got != want {
		f.Fatalf("identity is %s, %v; want %s", got, err, want)
	}
}
