package projectiontest

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"parley/domain"
	"parley/domain/conversation"
	"parley/domain/eventlog"
	"parley/domain/sqldb"
	"parley/projections"
)

// ways are the batch sizes that must not make a difference, and how often each
// batch is delivered.
var ways = []struct {
	name         string
	batch, times int
}{
	{"event by event, each delivered twice", 1, 2},
	{"in batches of three", 3, 1},
	{"in one batch", eventlog.MaxBatchEvents, 1},
}

// Run applies a history in every way on every database, also by two projectors
// that race, compares all results with each other, and returns the rows. A test
// whose projection differs fails with what differs.
func Run(t *testing.T, p projections.Projection, manifests [][]domain.Type, history ...Event) Tables {
	t.Helper()
	var first Tables
	for _, d := range databases {
		for _, way := range ways {
			db := d.open(t)
			fill(t, db, p, manifests, way.batch, way.times, history)
			got := Read(t, db, p)
			if first == nil {
				first = got
			}
			same(t, first, got, p.Name+" on "+d.name+", "+way.name)
		}
		db := d.open(t)
		race(t, db, p, manifests, history)
		same(t, first, Read(t, db, p), p.Name+" on "+d.name+", by two at once")
	}
	return first
}

func same(t *testing.T, first, got Tables, how string) {
	t.Helper()
	if diff := cmp.Diff(first, got); diff != "" {
		t.Errorf("%s: rows differ (-%s %s, +here):\n%s", how, databases[0].name, ways[0].name, diff)
	}
}

// Fill applies a history to one database, as a running projector does.
func Fill(tb testing.TB, db sqldb.DB, p projections.Projection, manifests [][]domain.Type, history ...Event) {
	tb.Helper()
	fill(tb, db, p, manifests, eventlog.MaxBatchEvents, 1, history)
}

func fill(tb testing.TB, db sqldb.DB, p projections.Projection, manifests [][]domain.Type, batch, times int, history []Event) {
	tb.Helper()
	log := recording(Record(tb, history...))
	board := projections.NewBoard(log, db)
	cfg := projections.Config{Log: log, DB: db, Registry: registry(tb, manifests), Board: board}
	projector := projections.NewProjector(p, cfg)
	if _, err := projector.Begin(tb.Context()); err != nil {
		tb.Fatal(err)
	}
	defer projector.End(nil)
	for at := 0; at < len(log); at += batch {
		run := log[at:min(at+batch, len(log))]
		for range times {
			b := eventlog.Batch{Events: run, Position: run[len(run)-1].Position}
			if err := projector.Apply(tb.Context(), b); err != nil {
				tb.Fatal(err)
			}
		}
	}
	unparked(tb, board)
	regenerated(tb, projector, differs)
	if kept := scavenged(log); len(kept) < len(log) {
		cfg.Log = kept
		regenerated(tb, projections.NewProjector(p, cfg), lost)
		regenerated(tb, projector, found)
	}
}

// differs reports whether a difference between the former rows and those of a
// rebuild is a fault.
func differs(string, projections.Difference) bool { return true }

// lost is differs where the log was scavenged, found where it is whole again.
func lost(p string, d projections.Difference) bool  { return d.OnlyRight > 0 || isTraceable(p, d) }
func found(p string, d projections.Difference) bool { return d.OnlyLeft > 0 || isTraceable(p, d) }

func isTraceable(p string, d projections.Difference) bool {
	return !slices.Contains(untraceable, p+"."+d.Table)
}

// untraceable are the tables that keep something of which a scavenged log has no
// trace: that a conversation on a record was taken out of the event store.
var untraceable = []string{"timelines.activities"}

// scavenged is what a log keeps of a history whose ended streams were scavenged: of
// each the event that ended it.
func scavenged(log recording) recording {
	ended := map[string]eventlog.Revision{}
	for _, e := range log {
		switch e.Type {
		case (conversation.Purged{}).EventType(), (conversation.Removed{}).EventType(), eventlog.TombstoneType:
			ended[e.Stream] = e.Revision
		}
	}
	return slices.DeleteFunc(slices.Clone(log), func(e eventlog.Recorded) bool { return e.Revision < ended[e.Stream] })
}

// unparked fails the test when an event could not be applied.
func unparked(tb testing.TB, board *projections.Board) {
	tb.Helper()
	states, err := board.States(tb.Context())
	if err != nil {
		tb.Fatal(err)
	}
	for _, s := range states {
		for _, parked := range s.Parked {
			tb.Errorf("%s could not apply %s at position %d: %s", s.Projection, parked.Type, parked.Position, parked.Error)
		}
	}
}

// regenerated fails the test when a rebuild gives other rows in a way that is a
// fault.
func regenerated(tb testing.TB, projector *projections.Projector, isFault func(string, projections.Difference) bool) {
	tb.Helper()
	report, err := projector.Rebuild(tb.Context(), func(uint64, uint64) {})
	if err != nil {
		tb.Fatal(err)
	}
	for _, d := range report.Differences {
		if !isFault(projector.Name(), d) {
			continue
		}
		tb.Errorf("%s: a rebuild in big batches differs in table %s: %d rows only before, %d only after",
			projector.Name(), d.Table, d.OnlyLeft, d.OnlyRight)
	}
}
