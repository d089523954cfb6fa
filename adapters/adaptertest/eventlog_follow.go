package adaptertest

import (
	"fmt"

	"parley/domain/eventlog"
)

var followCases = []logCase{
	{"a follower from the start gets everything of the prefix in order", func(f *logFixture) {
		want := f.interleave(30)
		f.wantSame(want, f.follow(eventlog.Start).events(len(want)))
	}},
	{"a follower from the middle gets what is behind its position", func(f *logFixture) {
		want := f.interleave(30)
		f.wantSame(want[11:], f.follow(want[10].Position).events(19))
	}},
	{"a follower from the tail gets only what comes", func(f *logFixture) {
		old := f.interleave(5)
		sub := f.follow(old[4].Position)
		f.mustAppend(f.stream("new"), eventlog.NoStream, newEvents(2)...)
		f.wantSame(f.readStream(f.stream("new")), sub.events(2))
	}},
	{"a follower of an empty prefix gets its first event", func(f *logFixture) {
		sub := f.follow(eventlog.Start)
		sub.untilLive()
		f.mustAppend(f.foreign("a"), eventlog.NoStream, newEvents(3)...)
		f.mustAppend(f.stream("a"), eventlog.NoStream, newEvents(1)...)
		f.wantSame(f.readStream(f.stream("a")), sub.events(1))
	}},
	{"a follower becomes live when nothing more waits, and stays so", func(f *logFixture) {
		want := f.interleave(120)
		sub := f.follow(eventlog.Start)
		f.wantSame(want, sub.untilLive())
		f.mustAppend(f.stream("new"), eventlog.NoStream, newEvents(1)...)
		f.wantSame(f.readStream(f.stream("new")), sub.untilLive())
	}},
	{"a batch is not live while more waits", func(f *logFixture) {
		for i := range 12 {
			f.mustAppend(f.stream(fmt.Sprint(i)), eventlog.NoStream, newEvents(100)...)
		}
		sub := f.follow(eventlog.Start)
		for seen := 0; seen < 1200; {
			batch := sub.next()
			seen += len(batch.Events)
			if batch.Live && seen < 1200 {
				f.Fatalf("live after %d of 1200 events", seen)
			}
		}
	}},
	{"a follower is live only when it has passed what was the end when it began", func(f *logFixture) {
		own := f.mustAppend(f.stream("a"), eventlog.NoStream, newEvents(1)...)
		for i, after := range []eventlog.Position{eventlog.Start, own.Position, own.Position, eventlog.Start} {
			last := f.mustAppend(f.foreign("a"), eventlog.Revision(60*i-1), newEvents(60)...)
			sub := f.follow(after) // the first ones are still there
			sub.untilLive()
			if sub.position < last.Position {
				f.Errorf("follower %d is live at %d, the log ended at %d", i, sub.position, last.Position)
			}
		}
	}},
	{"a live follower has passed what others write, whether or not it is told", func(f *logFixture) {
		own := f.mustAppend(f.stream("a"), eventlog.NoStream, newEvents(1)...)
		sub := f.follow(eventlog.Start)
		sub.untilLive()
		last := f.mustAppend(f.foreign("a"), eventlog.NoStream, newEvents(60)...)
		f.wantPassed(true, sub.position, last.Position)
		f.wantPassed(true, last.Position, own.Position)
		next := f.mustAppend(f.stream("a"), 0, newEvents(1)...)
		f.wantPassed(true, sub.position, last.Position)
		f.wantPassed(false, sub.position, next.Position)
		sub.events(1)
		f.wantPassed(true, sub.position, next.Position)
	}},
	{"a batch's position is one to go on from", func(f *logFixture) {
		f.mustAppend(f.stream("a"), eventlog.NoStream, newEvents(1)...)
		f.mustAppend(f.foreign("a"), eventlog.NoStream, newEvents(3)...)
		sub := f.follow(eventlog.Start)
		sub.untilLive()
		f.mustAppend(f.stream("b"), eventlog.NoStream, newEvents(1)...)
		want := f.readStream(f.stream("b"))
		f.wantSame(want, f.all(f.log.ReadAll(f.ctx, sub.position, f.prefix, 0)))
		f.wantSame(want, f.follow(sub.position).events(1))
	}},
	{"a follower in the middle of a filtered log resumes from its position", func(f *logFixture) {
		want := f.interleave(50)
		first := f.follow(eventlog.Start)
		got := first.events(20)
		first.sub.Close()
		second := f.follow(first.position)
		f.wantSame(want, append(got, second.events(len(want)-len(got))...))
	}},
	{"a batch holds at most the limit of events", func(f *logFixture) {
		for i := range 12 {
			f.mustAppend(f.stream(fmt.Sprint(i)), eventlog.NoStream, newEvents(100)...)
		}
		f.wantSame(f.readPrefix(), f.follow(eventlog.Start).events(1200))
	}},
	{"a batch holds at most the limit of bytes, but at least one event", func(f *logFixture) {
		for i := range 9 {
			f.mustAppend(f.stream("a"), eventlog.Revision(i-1), eventsOfBytes(1, 300<<10)...)
		}
		f.mustAppend(f.stream("b"), eventlog.NoStream, eventsOfBytes(1, eventlog.MaxAppendBytes)...)
		f.wantSame(f.readPrefix(), f.follow(eventlog.Start).events(10))
	}},
}

// wantPassed asks whether who has come to one position has passed another.
func (f *logFixture) wantPassed(want bool, at, position eventlog.Position) {
	f.Helper()
	got, err := eventlog.Passed(f.ctx, f.log, at, position, f.prefix)
	if err != nil || got != want {
		f.Errorf("who is at %d has passed %d: got %v, %v, want %v", at, position, got, err, want)
	}
}
