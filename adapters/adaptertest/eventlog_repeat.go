package adaptertest

import "parley/domain/eventlog"

var repeatCases = []logCase{
	{"repeating the first append gives the first result and writes nothing", func(f *logFixture) {
		events := newEvents(3)
		first := f.mustAppend(f.stream("a"), eventlog.NoStream, events...)
		if again := f.mustAppend(f.stream("a"), eventlog.NoStream, events...); again != first {
			f.Errorf("repetition gave %+v, want %+v", again, first)
		}
		f.wantContent(f.readStream(f.stream("a")), f.stream("a"), 0, events)
	}},
	{"repeating an append after later ones gives the first result", func(f *logFixture) {
		before, events, after := newEvents(2), newEvents(2), newEvents(4)
		f.mustAppend(f.stream("a"), eventlog.NoStream, before...)
		first := f.mustAppend(f.stream("a"), 1, events...)
		f.mustAppend(f.stream("b"), eventlog.NoStream, newEvents(1)...)
		f.mustAppend(f.stream("a"), 3, after...)
		if again := f.mustAppend(f.stream("a"), 1, events...); again != first {
			f.Errorf("repetition gave %+v, want %+v", again, first)
		}
		if n := len(f.readStream(f.stream("a"))); n != 8 {
			f.Errorf("stream has %d events, want 8", n)
		}
	}},
	{"an append that shares only its first ids with the stored one is a conflict", func(f *logFixture) {
		events := newEvents(2)
		f.mustAppend(f.stream("a"), eventlog.NoStream, events...)
		f.wantConflict(f.stream("a"), eventlog.NoStream, events[0], newEvents(1)[0])
		f.wantConflict(f.stream("a"), eventlog.NoStream, newEvents(1)[0], events[1])
		f.wantConflict(f.stream("a"), eventlog.NoStream, events[0], events[1], newEvents(1)[0])
		f.wantContent(f.readStream(f.stream("a")), f.stream("a"), 0, events)
	}},
	{"the same ids at another place are a conflict", func(f *logFixture) {
		events := newEvents(2)
		f.mustAppend(f.stream("a"), eventlog.NoStream, events...)
		f.wantConflict(f.stream("a"), eventlog.NoStream, events[1])
		f.wantConflict(f.stream("a"), 0, events[0])
	}},
	{"the same ids in another stream are other events", func(f *logFixture) {
		events := newEvents(2)
		first := f.mustAppend(f.stream("a"), eventlog.NoStream, events...)
		second := f.mustAppend(f.stream("b"), eventlog.NoStream, events...)
		if second.Position <= first.Position {
			f.Errorf("second append is at %d, not above %d", second.Position, first.Position)
		}
		f.wantContent(f.readStream(f.stream("b")), f.stream("b"), 0, events)
	}},
}
