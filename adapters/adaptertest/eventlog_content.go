package adaptertest

import (
	"errors"
	"strings"

	"parley/domain/eventlog"
)

var contentCases = []logCase{
	{"bytes come back as they were given", func(f *logFixture) {
		events := newEvents(5)
		events[0].Data = []byte(`{ "z" : 1.50, "a":1e400,  "z":2 }`)
		events[1].Data = []byte(`{"text":"naïve 日本語 👩‍👩‍👧 \u0000\u2028 </script> ' \" ; --"}`)
		events[2].Data = []byte("[1,\n\t2 ,\r\n3]")
		events[3].Data, events[3].Metadata = []byte(`null`), []byte(`{"ключ":"\ud83d\ude00"}`)
		events[4].Type = "suite.größer-als-Ü.v1"
		f.mustAppend(f.stream("a"), eventlog.NoStream, events...)
		f.wantContent(f.readStream(f.stream("a")), f.stream("a"), 0, events)
		f.wantContent(f.readPrefix(), f.stream("a"), 0, events)
	}},
	{"an event may have no metadata", func(f *logFixture) {
		events := newEvents(1)
		events[0].Metadata = nil
		f.mustAppend(f.stream("a"), eventlog.NoStream, events...)
		f.wantContent(f.readStream(f.stream("a")), f.stream("a"), 0, events)
	}},
	{"a stream's name may hold anything printable", func(f *logFixture) {
		for _, name := range []string{`quote' and "double"`, "100%_", "日本語-Ü", `back\slash`, "with-hyphen-0"} {
			events := newEvents(1)
			f.mustAppend(f.stream(name), eventlog.NoStream, events...)
			f.wantContent(f.readStream(f.stream(name)), f.stream(name), 0, events)
		}
	}},
	{"stream names that differ in case are different streams", func(f *logFixture) {
		f.mustAppend(f.stream("a"), eventlog.NoStream, newEvents(1)...)
		f.mustAppend(f.stream("A"), eventlog.NoStream, newEvents(1)...)
	}},
}

var sizeCases = []logCase{
	{"an append of the greatest size is accepted", func(f *logFixture) {
		for i, n := range []int{1, 2, 100} {
			stream := f.stream(strings.Repeat("x", i+1))
			events := eventsOfBytes(n, eventlog.MaxAppendBytes)
			f.mustAppend(stream, eventlog.NoStream, events...)
			f.wantContent(f.readStream(stream), stream, 0, events)
		}
	}},
	{"an append above the greatest size is refused and writes nothing", func(f *logFixture) {
		for _, n := range []int{1, 2, 100} {
			_, err := f.log.Append(f.ctx, f.stream("a"), eventlog.NoStream, eventsOfBytes(n, eventlog.MaxAppendBytes+1))
			if !errors.Is(err, eventlog.ErrTooLarge) {
				f.Errorf("append of %d events: got %v, want too large", n, err)
			}
		}
		if got := f.readStream(f.stream("a")); len(got) != 0 {
			f.Errorf("%d events were written", len(got))
		}
	}},
	{"an append of the most events is accepted, and of one more refused", func(f *logFixture) {
		events := newEvents(eventlog.MaxAppendEvents + 1)
		for i := range events {
			events[i].Type, events[i].Metadata, events[i].Data = "a", nil, []byte("1")
		}
		if _, err := f.log.Append(f.ctx, f.stream("a"), eventlog.NoStream, events); !errors.Is(err, eventlog.ErrTooLarge) {
			f.Errorf("got %v, want too large", err)
		}
		f.mustAppend(f.stream("a"), eventlog.NoStream, events[1:]...)
	}},
}

// eventsOfBytes returns n events that together have this many bytes of data,
// metadata and type names.
func eventsOfBytes(n, bytes int) []eventlog.NewEvent {
	events := newEvents(n)
	for i := range events {
		share := bytes / (n - i)
		bytes -= share
		fill := share - len(events[i].Type) - len(events[i].Metadata) - len(`""`)
		events[i].Data = []byte(`"` + strings.Repeat("x", fill) + `"`)
	}
	return events
}
