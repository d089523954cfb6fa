package adaptertest

import (
	"time"

	"parley/domain/eventlog"
)

var appendCases = []logCase{
	{"what is appended reads back in order", func(f *logFixture) {
		events := newEvents(3)
		f.mustAppend(f.stream("a"), eventlog.NoStream, events...)
		f.wantContent(f.readStream(f.stream("a")), f.stream("a"), 0, events)
	}},
	{"the answer names the place of the last event", func(f *logFixture) {
		f.mustAppend(f.stream("a"), eventlog.NoStream, newEvents(2)...)
		got := f.mustAppend(f.stream("a"), 1, newEvents(3)...)
		events := f.readStream(f.stream("a"))
		last := events[len(events)-1]
		if want := (eventlog.Appended{Revision: 4, Position: last.Position}); got != want {
			f.Errorf("got %+v, want %+v", got, want)
		}
		if last.Revision != 4 {
			f.Errorf("last revision is %d, want 4", last.Revision)
		}
	}},
	{"positions are above zero and grow with every append to any stream", func(f *logFixture) {
		var last eventlog.Position
		for _, stream := range []string{"a", "b", "c"} {
			got := f.mustAppend(f.stream(stream), eventlog.NoStream, newEvents(2)...)
			f.wantIncreasing(last, f.readStream(f.stream(stream)))
			last = got.Position
		}
	}},
	{"an append at another revision is a conflict and writes nothing", func(f *logFixture) {
		events := newEvents(2)
		f.wantConflict(f.stream("a"), 0, newEvents(1)...)
		f.mustAppend(f.stream("a"), eventlog.NoStream, events...)
		for _, expected := range []eventlog.Revision{eventlog.NoStream, 0, 2, 100} {
			f.wantConflict(f.stream("a"), expected, newEvents(1)...)
		}
		f.wantContent(f.readStream(f.stream("a")), f.stream("a"), 0, events)
	}},
	{"a conflict of one stream leaves the others alone", func(f *logFixture) {
		f.mustAppend(f.stream("a"), eventlog.NoStream, newEvents(1)...)
		f.wantConflict(f.stream("a"), eventlog.NoStream, newEvents(1)...)
		f.mustAppend(f.stream("b"), eventlog.NoStream, newEvents(1)...)
		f.mustAppend(f.stream("a"), 0, newEvents(1)...)
	}},
	{"an append without events is refused", func(f *logFixture) {
		if _, err := f.log.Append(f.ctx, f.stream("a"), eventlog.NoStream, nil); err == nil {
			f.Error("want an error")
		}
	}},
	{"an event without an id is refused", func(f *logFixture) {
		events := newEvents(1)
		events[0].ID = [16]byte{}
		if _, err := f.log.Append(f.ctx, f.stream("a"), eventlog.NoStream, events); err == nil {
			f.Error("want an error")
		}
		if got := f.readStream(f.stream("a")); len(got) != 0 {
			f.Errorf("%d events were written", len(got))
		}
	}},
	{"an event is recorded at the present time in UTC, to the microsecond", func(f *logFixture) {
		f.mustAppend(f.stream("a"), eventlog.NoStream, newEvents(1)...)
		at := f.readStream(f.stream("a"))[0].RecordedAt
		if at.Location() != time.UTC || !at.Equal(at.Truncate(time.Microsecond)) {
			f.Errorf("recorded at %v: want UTC and whole microseconds", at)
		}
		if age := time.Since(at); age < -time.Hour || age > time.Hour {
			f.Errorf("recorded at %v, which is %v ago", at, age)
		}
	}},
}
