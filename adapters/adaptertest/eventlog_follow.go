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
	{"the position of a live follower has passed what the prefix filters out", func(f *logFixture) {
		f.mustAppend(f.stream("a"), eventlog.NoStream, newEvents(1)...)
		last := f.mustAppend(f.foreign("a"), eventlog.NoStream, newEvents(60)...)
		sub := f.follow(eventlog.Start)
		if events := sub.untilLive(); len(events) != 1 {
			f.Errorf("got %d events, want 1", len(events))
		}
		if sub.position < last.Position {
			f.Errorf("position is %d, below the last foreign event's %d", sub.position, last.Position)
		}
	}},
	{"the position moves on while only foreign events come", func(f *logFixture) {
		sub := f.follow(eventlog.Start)
		sub.untilLive()
		before := f.mustAppend(f.foreign("a"), eventlog.NoStream, newEvents(1)...).Position
		passed := make(chan struct{})
		go func() {
			defer close(passed)
			for sub.position < before && !f.Failed() {
				sub.next()
			}
		}()
		for i := 0; ; i++ {
			select {
			case <-passed:
				return
			default:
				f.mustAppend(f.foreign("a"), eventlog.Revision(i*100), newEvents(100)...)
			}
		}
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
