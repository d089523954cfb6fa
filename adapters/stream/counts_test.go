package stream_test

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/google/uuid"

	"parley/adapters/eventnode"
	"parley/adapters/stream"
	"parley/domain"
	"parley/domain/eventlog"
	"parley/domain/sqldb"
	"parley/projections"
)

// counted is the event of a small read model: how many events each stream has.
type counted struct {
	Text string `json:"text"`
}

func (counted) EventType() string { return "count.counted.v1" }

var counts = projections.Define("counts", 1, `
create table counts.streams (
  stream text not null primary key,
  events bigint not null
);
`, func() *countBatch { return &countBatch{rows: map[string]int64{}} },
	projections.On(func(b *countBatch, _ counted, m projections.Meta) { b.rows[m.Stream]++ }))

type countBatch struct{ rows map[string]int64 }

// Statements implements [projections.Batch].
func (b *countBatch) Statements() []sqldb.Statement {
	var rows [][]any
	for _, stream := range slices.Sorted(maps.Keys(b.rows)) {
		rows = append(rows, []any{stream, b.rows[stream]})
	}
	return projections.Rows("insert into counts.streams (stream, events) values ", "(?, ?)",
		" on conflict (stream) do update set events = streams.events + excluded.events", rows)
}

// instance is what one process has: a projector, its board and a router.
type instance struct {
	board *projections.Board
	cfg   stream.Config
}

func newInstance(tb testing.TB, log eventlog.Log, db sqldb.DB) instance {
	tb.Helper()
	registry, err := domain.NewRegistry([]domain.Type{domain.Of[counted]()})
	if err != nil {
		tb.Fatal(err)
	}
	board := projections.NewBoard(log, db)
	p := projections.NewProjector(counts, projections.Config{Log: log, DB: db, Registry: registry, Board: board})
	return instance{board: board, cfg: stream.Config{Log: log, Lead: db.Lead, Consumers: []stream.Consumer{p}}}
}

// history appends events to a stream, in appends of at most a hundred, behind a
// revision, and returns the last position.
func history(tb testing.TB, log *eventnode.Node, name string, revision eventlog.Revision, events int) eventlog.Position {
	tb.Helper()
	var done eventlog.Appended
	done.Revision = revision
	for at := 0; at < events; at += 100 {
		var batch []eventlog.NewEvent
		for range min(100, events-at) {
			batch = append(batch, eventlog.NewEvent{
				ID: uuid.New(), Type: "count.counted.v1", Metadata: []byte(`{"organization":"acme"}`),
				Data: fmt.Appendf(nil, `{"text":"%0400d"}`, at),
			})
		}
		var err error
		if done, err = log.Append(tb.Context(), name, done.Revision, batch); err != nil {
			tb.Fatal(err)
		}
	}
	return done.Position
}

func read(tb testing.TB, db sqldb.DB) map[string]int64 {
	tb.Helper()
	out := map[string]int64{}
	for row, err := range db.Query(tb.Context(), "select stream, events from counts.streams") {
		if err != nil {
			tb.Fatal(err)
		}
		var name string
		var n int64
		if err := row.Scan(&name, &n); err != nil {
			tb.Fatal(err)
		}
		out[name] = n
	}
	return out
}

// fold is the oracle: the same, counted from the log.
func fold(tb testing.TB, log eventlog.Log) map[string]int64 {
	tb.Helper()
	out := map[string]int64{}
	for e, err := range log.ReadAll(tb.Context(), eventlog.Start, domain.StreamPrefix, 0) {
		if err != nil {
			tb.Fatal(err)
		}
		out[e.Stream]++
	}
	return out
}
