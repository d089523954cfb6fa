package adaptertest

import (
	"context"
	"errors"
	"testing"

	"parley/domain/eventlog"
)

// Operated is a log together with what only the operator of its store can do to
// streams, whoever writes them.
type Operated interface {
	eventlog.Log
	// Delete deletes a stream, which may be written again.
	Delete(ctx context.Context, stream string) error
	// Tombstone deletes a stream for ever.
	Tombstone(ctx context.Context, stream string) error
}

// EventLogOperated checks what package eventlog says of streams that the store's
// operator ends. It opens logs as [EventLog] does.
func EventLogOperated[L Operated](t *testing.T, open func(t *testing.T) L) {
	t.Helper()
	runLogCases(t, operatedCases, open)
}

// Scavenged is a log whose operator can have what was deleted removed at once.
type Scavenged interface {
	Operated
	// Scavenge returns when what may go is gone.
	Scavenge(ctx context.Context) error
}

// EventLogScavenged checks what package eventlog says of events that are gone. It
// opens logs as [EventLog] does.
func EventLogScavenged[L Scavenged](t *testing.T, open func(t *testing.T) L) {
	t.Helper()
	runLogCases(t, scavengedCases, open)
}

var operatedCases = []logCase{
	{"a stream that was deleted is empty, and may be begun anew with the next revision", func(f *logFixture) {
		f.mustAppend(f.stream("a"), eventlog.NoStream, newEvents(3)...)
		f.mustDelete(f.stream("a"))
		if got := f.readStream(f.stream("a")); len(got) > 0 {
			f.Errorf("%d events are left", len(got))
		}
		f.wantConflict(f.stream("a"), 1, newEvents(1)...)
		events := newEvents(3)
		if got := f.mustAppend(f.stream("a"), eventlog.NoStream, events[:2]...); got.Revision != 4 {
			f.Errorf("it goes on to revision %d, want 4", got.Revision)
		}
		f.mustAppend(f.stream("a"), 4, events[2])
		f.wantContent(f.readStream(f.stream("a")), f.stream("a"), 3, events)
	}},
	{"a stream that was deleted goes on from its last revision, too", func(f *logFixture) {
		f.mustAppend(f.stream("a"), eventlog.NoStream, newEvents(3)...)
		f.mustDelete(f.stream("a"))
		events := newEvents(1)
		for range 2 { // the same again gives the first result
			if got := f.mustAppend(f.stream("a"), 2, events...); got.Revision != 3 {
				f.Errorf("it goes on to revision %d, want 3", got.Revision)
			}
		}
		f.wantContent(f.readStream(f.stream("a")), f.stream("a"), 3, events)
	}},
	{"nobody reads, writes or truncates a stream that was deleted for ever", func(f *logFixture) {
		events := newEvents(3)
		f.mustAppend(f.stream("a"), eventlog.NoStream, events...)
		f.mustTombstone(f.stream("a"))
		for _, expected := range []eventlog.Revision{eventlog.NoStream, 0, 2, 3} {
			_, err := f.log.Append(f.ctx, f.stream("a"), expected, newEvents(1))
			f.wantDeleted("append", err)
		}
		_, err := f.log.Append(f.ctx, f.stream("a"), eventlog.NoStream, events)
		f.wantDeleted("the same append again", err)
		for _, from := range []eventlog.Revision{0, 2, 9} {
			err = nil
			for _, err = range f.log.ReadStream(f.ctx, f.stream("a"), from, 0) {
			}
			f.wantDeleted("read", err)
		}
		f.wantDeleted("truncate", f.log.Truncate(f.ctx, f.stream("a"), 1))
		if trouble := f.log.Trouble(); trouble.Err != nil {
			f.Errorf("trouble is %v", trouble.Err)
		}
	}},
	{"the end of a stream is an event that readers and followers of the log meet", func(f *logFixture) {
		events := newEvents(2)
		sub := f.follow(eventlog.Start)
		f.mustAppend(f.stream("a"), eventlog.NoStream, events...)
		f.mustTombstone(f.stream("a"))
		f.mustAppend(f.stream("b"), eventlog.NoStream, newEvents(1)...)
		all := f.readPrefix()
		f.wantSame(all, sub.events(4))
		f.wantSame(all, f.follow(eventlog.Start).events(4))
		end := all[len(all)-2]
		if end.Stream != f.stream("a") || end.Type != eventlog.TombstoneType || end.Revision != eventlog.TombstoneRevision || !end.IsOfStore() {
			f.Errorf("the end is %s of %s at revision %d", end.Type, end.Stream, end.Revision)
		}
		if got, err := f.log.At(f.ctx, end.Position); err != nil || got.ID != end.ID {
			f.Errorf("at its position is %s, %v, want %s", got.ID, err, end.ID)
		}
		f.wantSame(all[3:], f.follow(end.Position).events(1))
	}},
}

var scavengedCases = []logCase{
	{"an event that is gone leaves a place to read from", func(f *logFixture) {
		f.mustAppend(f.stream("a"), eventlog.NoStream, newEvents(3)...)
		gone := f.readStream(f.stream("a"))
		f.mustTombstone(f.stream("a"))
		f.mustAppend(f.stream("b"), eventlog.NoStream, newEvents(2)...)
		f.mustScavenge()
		for _, e := range gone {
			if got, err := f.log.At(f.ctx, e.Position); !errors.Is(err, eventlog.ErrGone) {
				f.Errorf("at %d is %s, %v, want that it is gone", e.Position, got.ID, err)
			}
			left := f.all(f.log.ReadAll(f.ctx, e.Position, f.prefix, 0))
			if len(left) < 2 || left[len(left)-2].Stream != f.stream("b") {
				f.Errorf("%d events are left behind %d", len(left), e.Position)
			}
			f.wantSame(left, f.follow(e.Position).events(len(left)))
		}
	}},
	{"the log begins with what is left of it", func(f *logFixture) {
		f.mustAppend(f.stream("a"), eventlog.NoStream, newEvents(3)...)
		f.mustTombstone(f.stream("a"))
		f.mustAppend(f.stream("b"), eventlog.NoStream, newEvents(1)...)
		f.mustScavenge()
		all := f.readPrefix()
		if last := all[len(all)-1]; last.Stream != f.stream("b") || all[0].Stream == f.stream("a") && all[0].Type != eventlog.TombstoneType {
			f.Errorf("it begins with %s of %s", all[0].Type, all[0].Stream)
		}
		f.wantIdentity(all[0].ID)
	}},
}

func (f *logFixture) mustDelete(stream string) {
	f.Helper()
	if err := f.log.(Operated).Delete(f.ctx, stream); err != nil {
		f.Fatalf("delete %s: %v", stream, err)
	}
}

func (f *logFixture) mustTombstone(stream string) {
	f.Helper()
	if err := f.log.(Operated).Tombstone(f.ctx, stream); err != nil {
		f.Fatalf("delete %s for ever: %v", stream, err)
	}
}

func (f *logFixture) mustScavenge() {
	f.Helper()
	if err := f.log.(Scavenged).Scavenge(f.ctx); err != nil {
		f.Fatalf("scavenge: %v", err)
	}
}

func (f *logFixture) wantDeleted(what string, err error) {
	f.Helper()
	if !errors.Is(err, eventlog.ErrStreamDeleted) || errors.Is(err, eventlog.ErrUnavailable) {
		f.Errorf("%s: got %v, want that the stream is deleted", what, err)
	}
}
