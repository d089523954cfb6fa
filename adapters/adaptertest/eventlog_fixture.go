package adaptertest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"parley/domain/eventlog"
)

// patience bounds every call of the suite; a call that needs it has hung.
const patience = 3 * time.Minute

// logFixture is a log under test with a name space of its own.
type logFixture struct {
	*testing.T
	log    eventlog.Log
	ctx    context.Context
	prefix string
	place  eventlog.Position // of an event that the case appended
}

func newLogFixture(t *testing.T, log eventlog.Log) *logFixture {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	return &logFixture{T: t, log: log, ctx: ctx, prefix: "suite" + uuid.NewString()[:8] + "_"}
}

// stream returns the name of a stream that the fixture's prefix covers.
func (f *logFixture) stream(name string) string { return f.prefix + name }

// foreign returns the name of a stream outside the fixture's prefix.
func (f *logFixture) foreign(name string) string { return "other" + f.prefix + name }

// newEvents returns n events that no one has appended yet.
func newEvents(n int) []eventlog.NewEvent {
	events := make([]eventlog.NewEvent, n)
	for i := range events {
		events[i] = eventlog.NewEvent{
			ID:       uuid.New(),
			Type:     "suite.happened.v1",
			Data:     fmt.Appendf(nil, `{"n":%d}`, i),
			Metadata: []byte(`{"actor":"suite"}`),
		}
	}
	return events
}

// mustAppend appends and fails the test on any error.
func (f *logFixture) mustAppend(stream string, expected eventlog.Revision, events ...eventlog.NewEvent) eventlog.Appended {
	f.Helper()
	got, err := f.log.Append(f.ctx, stream, expected, events)
	if err != nil {
		f.Fatalf("append %d events to %s at %d: %v", len(events), stream, expected, err)
	}
	return got
}

// wantConflict appends and demands a refusal that names stream and expectation.
func (f *logFixture) wantConflict(stream string, expected eventlog.Revision, events ...eventlog.NewEvent) {
	f.Helper()
	_, err := f.log.Append(f.ctx, stream, expected, events)
	var conflict *eventlog.ConflictError
	if !errors.As(err, &conflict) {
		f.Fatalf("append at %d: got error %v, want a conflict", expected, err)
	}
	if conflict.Stream != stream || conflict.Expected != expected {
		f.Errorf("conflict names %s at %d, want %s at %d", conflict.Stream, conflict.Expected, stream, expected)
	}
}

// all collects a sequence and fails the test on any error.
func (f *logFixture) all(seq iter.Seq2[eventlog.Recorded, error]) []eventlog.Recorded {
	f.Helper()
	var events []eventlog.Recorded
	for e, err := range seq {
		if err != nil {
			f.Fatalf("read after %d events: %v", len(events), err)
		}
		events = append(events, e)
	}
	return events
}

// readStream reads a whole stream.
func (f *logFixture) readStream(stream string) []eventlog.Recorded {
	f.Helper()
	return f.all(f.log.ReadStream(f.ctx, stream, 0, 0))
}

// readPrefix reads everything of the fixture.
func (f *logFixture) readPrefix() []eventlog.Recorded {
	f.Helper()
	return f.all(f.log.ReadAll(f.ctx, eventlog.Start, f.prefix, 0))
}

// content is what of a recorded event the appender decides.
type content struct {
	ID       uuid.UUID
	Stream   string
	Revision eventlog.Revision
	Type     string
	Data     string
	Metadata string
}

func contentOf(events []eventlog.Recorded) []content {
	out := make([]content, len(events))
	for i, e := range events {
		out[i] = content{e.ID, e.Stream, e.Revision, e.Type, string(e.Data), string(e.Metadata)}
	}
	return out
}

// wantContent demands that got are the appended events from a revision on.
func (f *logFixture) wantContent(got []eventlog.Recorded, stream string, first eventlog.Revision, appended []eventlog.NewEvent) {
	f.Helper()
	want := make([]content, len(appended))
	for i, e := range appended {
		want[i] = content{e.ID, stream, first + eventlog.Revision(i), e.Type, string(e.Data), string(e.Metadata)}
	}
	if diff := cmp.Diff(want, contentOf(got)); diff != "" {
		f.Fatalf("events differ (-want +got):\n%s", diff)
	}
}

// sameEvent compares whole fields: by default every byte would be a step.
var sameEvent = cmp.Comparer(func(a, b eventlog.Recorded) bool {
	return a.ID == b.ID && a.Stream == b.Stream && a.Revision == b.Revision && a.Position == b.Position &&
		a.Type == b.Type && bytes.Equal(a.Data, b.Data) && bytes.Equal(a.Metadata, b.Metadata) &&
		a.RecordedAt.Equal(b.RecordedAt)
})

// wantSame demands the same events at the same places.
func (f *logFixture) wantSame(want, got []eventlog.Recorded) {
	f.Helper()
	if diff := cmp.Diff(want, got, sameEvent); diff != "" {
		f.Fatalf("events differ (-want +got):\n%s", diff)
	}
}

// wantIncreasing demands positions that only grow, from above a position.
func (f *logFixture) wantIncreasing(after eventlog.Position, events []eventlog.Recorded) {
	f.Helper()
	for i, e := range events {
		if e.Position <= after {
			f.Fatalf("event %d has position %d, not above %d", i, e.Position, after)
		}
		after = e.Position
	}
}
