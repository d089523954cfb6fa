package adaptertest

import (
	"errors"

	"parley/domain/eventlog"
)

var positionCases = []logCase{
	{"the event at a position is the one that was appended there, whoever did", func(f *logFixture) {
		f.mustAppend(f.foreign("a"), eventlog.NoStream, newEvents(3)...)
		f.mustAppend(f.stream("a"), eventlog.NoStream, newEvents(3)...)
		for _, stream := range []string{f.foreign("a"), f.stream("a")} {
			for _, want := range f.readStream(stream) {
				got, err := f.log.At(f.ctx, want.Position)
				if err != nil {
					f.Fatalf("at %d: %v", want.Position, err)
				}
				f.wantSame([]eventlog.Recorded{want}, []eventlog.Recorded{got})
			}
		}
	}},
	{"the end is an event's position, and never before what was appended", func(f *logFixture) {
		last := eventlog.Start
		for i, stream := range []string{f.foreign("a"), f.stream("a"), f.stream("a"), f.foreign("a")} {
			appended := f.mustAppend(stream, []eventlog.Revision{-1, -1, 2, 2}[i], newEvents(3)...)
			end, err := f.log.End(f.ctx)
			if err != nil || end < appended.Position || end < last {
				f.Fatalf("the end is %d, %v, behind %d, and was %d", end, err, appended.Position, last)
			}
			if e, err := f.log.At(f.ctx, end); err != nil || e.Position != end {
				f.Errorf("at the end, %d, is the event at %d, %v", end, e.Position, err)
			}
			last = end
		}
	}},
	{"nothing is behind the end that was found", func(f *logFixture) {
		f.mustAppend(f.stream("a"), eventlog.NoStream, newEvents(3)...)
		end, err := f.log.End(f.ctx)
		if err != nil {
			f.Fatal(err)
		}
		if got := f.all(f.log.ReadAll(f.ctx, end, f.prefix, 0)); len(got) > 0 {
			f.Errorf("got %d events", len(got))
		}
	}},
	{"a number between two events is no position", func(f *logFixture) {
		f.mustAppend(f.stream("a"), eventlog.NoStream, newEvents(3)...)
		events := f.readStream(f.stream("a"))
		for i := range events[1:] {
			between := map[eventlog.Position]bool{}
			for _, number := range []eventlog.Position{events[i].Position + 1, events[i+1].Position - 1} {
				between[number] = number > events[i].Position && number < events[i+1].Position
			}
			for number, is := range between {
				if is {
					f.wantNoPosition(number)
				}
			}
		}
	}},
	{"a number above the end is no position", func(f *logFixture) {
		end := f.mustAppend(f.stream("a"), eventlog.NoStream, newEvents(3)...)
		f.wantNoPosition(end.Position + 1<<40)
	}},
	{"a number above the end is no position for who follows beside others either", func(f *logFixture) {
		f.follow(eventlog.Start).untilLive()
		end := f.mustAppend(f.stream("a"), eventlog.NoStream, newEvents(3)...)
		f.wantNoPosition(end.Position + 1<<40)
	}},
	{"no event is at the start", func(f *logFixture) {
		if e, err := f.log.At(f.ctx, eventlog.Start); !errors.Is(err, eventlog.ErrNoSuchPosition) {
			f.Errorf("got the event at %d, %v, want no such position", e.Position, err)
		}
	}},
	{"a log that works is in no trouble", func(f *logFixture) {
		f.mustAppend(f.stream("a"), eventlog.NoStream, newEvents(1)...)
		f.wantConflict(f.stream("a"), eventlog.NoStream, newEvents(1)...)
		f.wantNoPosition(f.mustAppend(f.stream("a"), 0, newEvents(1)...).Position + 1<<40)
		if trouble := f.log.Trouble(); trouble.Err != nil || !trouble.Since.IsZero() {
			f.Errorf("trouble is %v since %v", trouble.Err, trouble.Since)
		}
	}},
}

// wantNoPosition demands that a number is refused wherever a position is asked for.
func (f *logFixture) wantNoPosition(number eventlog.Position) {
	f.Helper()
	_, err := f.log.At(f.ctx, number)
	f.wantRefused("At", number, err)
	for _, prefix := range []string{f.prefix, ""} {
		err = nil
		for _, err = range f.log.ReadAll(f.ctx, number, prefix, 1) {
		}
		f.wantRefused("ReadAll", number, err)
	}
	sub, err := f.log.Follow(f.ctx, number, f.prefix)
	if err != nil {
		f.Fatalf("follow: %v", err)
	}
	defer sub.Close()
	_, err = sub.Next(f.ctx)
	f.wantRefused("Follow", number, err)
}

func (f *logFixture) wantRefused(call string, number eventlog.Position, err error) {
	f.Helper()
	if !errors.Is(err, eventlog.ErrNoSuchPosition) {
		f.Errorf("%s behind %d: got %v, want no such position", call, number, err)
	}
}
