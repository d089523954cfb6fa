package commands_test

import (
	"context"
	"iter"
	"math"
	"sync/atomic"
	"testing"

	"github.com/google/uuid"

	"parley/commands"
	"parley/domain"
	"parley/domain/eventlog"
)

// instant is a log that acknowledges appends without keeping them, so that what
// is left is what a command costs besides the append.
type instant struct {
	eventlog.Log
	revision atomic.Int64
}

func (l *instant) Append(_ context.Context, _ string, expected eventlog.Revision, events []eventlog.NewEvent) (eventlog.Appended, error) {
	revision := expected + eventlog.Revision(len(events))
	return eventlog.Appended{Revision: revision, Position: eventlog.Position(l.revision.Add(1))}, nil
}

func (*instant) ReadStream(context.Context, string, eventlog.Revision, int) iter.Seq2[eventlog.Recorded, error] {
	return func(func(eventlog.Recorded, error) bool) {}
}

func (*instant) OnReplaced(func()) {}

// unused is a receipts read model that has no key and is never behind.
type unused struct{}

func (unused) Find(context.Context, string, domain.Person, string) (commands.Receipt, bool, eventlog.Position, error) {
	return commands.Receipt{}, false, math.MaxUint64, nil
}

func BenchmarkUpdate_warm(b *testing.B) {
	for what, key := range map[string]bool{"without a key": false, "with a key": true} {
		b.Run(what, func(b *testing.B) {
			i := newDeafInstanceRemembering(&instant{}, unused{})
			id := uuid.New()
			i.must(b, id, request(), start)
			b.ReportAllocs()
			for b.Loop() {
				req := request()
				if key {
					req.Key, req.Fingerprint = uuid.NewString(), "0123456789abcdef0123456789abcdef"
				}
				i.must(b, id, req, post("Where is my order? It should have been here on Monday."))
			}
		})
	}
}

func BenchmarkUpdate_acknowledged_from_disk(b *testing.B) {
	i := newInstance(b, openLog(b, b.TempDir()))
	id := i.started(b)
	for b.Loop() {
		i.must(b, id, request(), post("Where is my order? It should have been here on Monday."))
	}
}

func BenchmarkView_warm(b *testing.B) {
	i := newDeafInstance(&instant{})
	id := i.started(b)
	b.ReportAllocs()
	for b.Loop() {
		if err := i.View(b.Context(), id, func(loaded) {}); err != nil {
			b.Fatal(err)
		}
	}
}
