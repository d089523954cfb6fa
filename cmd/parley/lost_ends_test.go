package main_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"

	"parley/adapters/adaptertest/pgtest"
	"parley/domain"
	"parley/domain/eventlog"
)

// onBothDatabases runs a test on an event store over the wire, which it can get at,
// with each database.
func onBothDatabases(t *testing.T, test func(t *testing.T, w *wire, stores []string)) {
	t.Helper()
	t.Parallel()
	for name, database := range map[string]func(*testing.T) []string{
		"SQLite":     func(*testing.T) []string { return nil },
		"PostgreSQL": func(t *testing.T) []string { return []string{"--database", pgtest.Start(t)} },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := startWire(t)
			test(t, w, append(database(t), "--data", t.TempDir(), "--eventstore", w.connection()))
		})
	}
}

// firstStream returns the stream of the log's first event of Parley's.
func (w *wire) firstStream(t *testing.T) string {
	t.Helper()
	for e, err := range w.node.ReadAll(t.Context(), eventlog.Start, domain.StreamPrefix, 1) {
		if err != nil {
			t.Fatalf("read the first event: %v", err)
		}
		return e.Stream
	}
	t.Fatal("the log is empty")
	return ""
}

// scavenge takes what streams no longer show off the node. It leaves the last event
// of all alone, so another one follows what must go.
func (w *wire) scavenge(t *testing.T) {
	t.Helper()
	w.writeForeign(t)
	sum, err := w.node.Scavenge(t.Context(), nil)
	if err != nil || sum.Events == 0 {
		t.Fatalf("%d events were scavenged, error %v", sum.Events, err)
	}
}

// tombstone ends a stream for ever, as its operator can.
func (w *wire) tombstone(t *testing.T, stream string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), startLimit)
	defer cancel()
	if _, err := clientOf(t, w.connection(), nil).TombstoneStream(ctx, stream, esdb.TombstoneStreamOptions{ExpectedRevision: esdb.Any{}}); err != nil {
		t.Fatalf("tombstone %s: %v", stream, err)
	}
}

// purge lets another server on the same store purge a conversation.
func (w *wire) purge(t *testing.T, at string) {
	t.Helper()
	other := serve(t, []string{"--data", t.TempDir(), "--eventstore", w.connection()})
	other.as(anAdmin).send(http.MethodDelete, at, nil).want(http.StatusNoContent)
	other.as(anAdmin).post(at+"/purge", nil).want(http.StatusNoContent)
	other.terminate()
}

// The events by which a read model knows the log, the first and the last that it has
// applied, go while the server is down: that proves nothing, so nothing is made anew
// and everything goes on.
func TestServe_goes_on_when_the_events_that_it_knows_the_log_by_are_gone(t *testing.T) {
	onBothDatabases(t, func(t *testing.T, w *wire, stores []string) {
		line := ofTheTest(t, `{"kind":"record_type","type":"parcel","label":"Parcel","organization":"acme"}`) + "\n"
		if code, out, errs := runProgram(t, strings.NewReader(line), append([]string{"import", "-"}, stores...)...); code != 0 {
			t.Fatalf("import ended with %d: %s%s", code, out, errs)
		}
		first := w.firstStream(t)
		p := serve(t, stores)
		kept := p.begin("kept")
		last := p.begin("the last, to be purged")
		p.settled()
		p.terminate()
		made := generations(t, stores)
		w.purge(t, last)
		w.scavenge(t)
		p.start()
		p.as(anAdmin).get(last).want(http.StatusNotFound)
		p.showsWhatIsSaid(kept, "purged")
		last = p.begin("the last, to be tombstoned")
		p.settled()
		p.terminate()
		w.tombstone(t, "parley_conversation-"+idAt(last))
		w.scavenge(t)
		p.start()
		p.as(anOwner).post(last+"/messages", saying("anybody there?")).want(http.StatusNotFound)
		p.showsWhatIsSaid(kept, "tombstoned")
		p.terminate()
		w.tombstone(t, first)
		w.scavenge(t)
		p.start()
		p.showsWhatIsSaid(kept, "beginningless")
		p.terminate()
		p.wantKept(stores, made)
	})
}
