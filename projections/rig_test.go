package projections_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"parley/adapters/eventnode"
	"parley/domain"
	"parley/domain/eventlog"
	"parley/domain/sqldb"
	"parley/projections"
	"parley/projections/projectiontest"
)

// rig is a real log, a real database, and what a test does with them.
type rig struct {
	*testing.T
	log *eventnode.Node
	db  sqldb.DB

	mu        sync.Mutex
	revisions map[string]eventlog.Revision
	others    int // streams of somebody else
}

// onBoth runs a test on both databases.
func onBoth(t *testing.T, test func(r *rig)) {
	t.Helper()
	t.Parallel()
	projectiontest.Each(t, func(t *testing.T, db sqldb.DB) {
		test(&rig{T: t, log: openLog(t), db: db, revisions: map[string]eventlog.Revision{}})
	})
}

func openLog(tb testing.TB) *eventnode.Node {
	tb.Helper()
	log, err := eventnode.Open(eventnode.Config{Dir: tb.TempDir(), FirstPosition: 7, Stride: 3})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := log.Close(); err != nil {
			tb.Errorf("close log: %v", err)
		}
	})
	return log
}

// projector returns a projector of the toy, with a board of its own.
func (r *rig) projector(db sqldb.DB, version int) (*projections.Projector, *projections.Board) {
	r.Helper()
	return r.projectorOf(r.log, db, version)
}

// projectorOf is projector over another view of the log.
func (r *rig) projectorOf(log eventlog.Log, db sqldb.DB, version int) (*projections.Projector, *projections.Board) {
	r.Helper()
	board := projections.NewBoard(log, db)
	return projections.NewProjector(ticks(version), projections.Config{
		Log: log, DB: db, Registry: registry(r), Board: board,
	}), board
}

// append appends an event of raw data to the n-th stream.
func (r *rig) append(n int, eventType, data string) eventlog.Position {
	r.Helper()
	r.mu.Lock()
	defer r.mu.Unlock()
	name := stream(n)
	expected, ok := r.revisions[name]
	if !ok {
		expected = eventlog.NoStream
	}
	done, err := r.log.Append(r.Context(), name, expected, []eventlog.NewEvent{newEvent(r, eventType, data)})
	if err != nil {
		r.Fatal(err)
	}
	r.revisions[name] = done.Revision
	return done.Position
}

func (r *rig) tick(n, value int) eventlog.Position {
	r.Helper()
	return r.append(n, "tick.ticked.v1", fmt.Sprintf(`{"n":%d}`, value))
}

// ticks appends events to streams in turn.
func (r *rig) ticks(events, streams int) {
	r.Helper()
	for i := range events {
		r.tick(i%streams, i)
	}
}

// events returns the whole log.
func (r *rig) events() []eventlog.Recorded {
	r.Helper()
	var out []eventlog.Recorded
	for e, err := range r.log.ReadAll(r.Context(), eventlog.Start, domain.StreamPrefix, 0) {
		if err != nil {
			r.Fatal(err)
		}
		out = append(out, e)
	}
	return out
}

// begin begins a term and checks where.
func (r *rig) begin(p *projections.Projector) eventlog.Position {
	r.Helper()
	at, err := p.Begin(r.Context())
	if err != nil {
		r.Fatal(err)
	}
	return at
}

// batches cuts the events behind a position into batches.
func batches(events []eventlog.Recorded, after eventlog.Position, size int) []eventlog.Batch {
	for len(events) > 0 && events[0].Position <= after {
		events = events[1:]
	}
	var out []eventlog.Batch
	for at := 0; at < len(events); at += size {
		run := events[at:min(at+size, len(events))]
		out = append(out, eventlog.Batch{Events: run, Position: run[len(run)-1].Position})
	}
	return out
}

// catchUp begins a term and applies the whole log.
func (r *rig) catchUp(p *projections.Projector, size int) {
	r.Helper()
	at := r.begin(p)
	for _, b := range batches(r.events(), at, size) {
		if err := p.Apply(r.Context(), b); err != nil {
			r.Fatal(err)
		}
	}
}

// wantFold compares the rows with a fold of the log.
func (r *rig) wantFold(parked func(eventlog.Recorded) bool) {
	r.Helper()
	if diff := cmp.Diff(oracle(r, r.events(), parked), stored(r, r.db)); diff != "" {
		r.Errorf("rows differ from a fold of the log (-fold +rows):\n%s", diff)
	}
}

// state returns the state of the toy.
func (r *rig) state(b *projections.Board) projections.State {
	r.Helper()
	states, err := b.States(r.Context())
	if err != nil {
		r.Fatal(err)
	}
	return states[0]
}

// eventually polls until a condition holds.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for !holds() {
		select {
		case <-ctx.Done():
			t.Fatalf("never: %s", what)
		case <-tick.C:
		}
	}
}

// faultyDB is a database whose writes can be made to fail.
type faultyDB struct {
	sqldb.DB
	before func() error          // instead of the write, unless nil is returned
	after  func(err error) error // the answer, in place of the true one
}

func (f *faultyDB) Write(ctx context.Context, schema string, batch []sqldb.Statement) error {
	if f.before != nil {
		if err := f.before(); err != nil {
			return err
		}
	}
	err := f.DB.Write(ctx, schema, batch)
	if f.after != nil {
		err = f.after(err)
	}
	return err
}
