package projections_test

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/google/uuid"

	"parley/domain"
	"parley/domain/eventlog"
	"parley/domain/sqldb"
	"parley/projections"
)

// ticked is the one event of the toy read model: it adds N to its stream.
type ticked struct {
	N int64 `json:"n"`
	// Panics makes its handler panic, Breaks its row break a constraint.
	Panics bool `json:"panics,omitempty"`
	Breaks bool `json:"breaks,omitempty"`
}

func (ticked) EventType() string { return "tick.ticked.v1" }

// paused is known and has no handler.
type paused struct{}

func (paused) EventType() string { return "tick.paused.v1" }

var manifest = []domain.Type{domain.Of[ticked](), domain.Of[paused]()}

func registry(tb testing.TB) *domain.Registry {
	tb.Helper()
	r, err := domain.NewRegistry(manifest)
	if err != nil {
		tb.Fatal(err)
	}
	return r
}

const ticksDDL = `
create table ticks.streams (
  organization text not null,
  stream text not null,
  events bigint not null check (events > 0),
  total bigint not null,
  last_position bigint not null,
  primary key (organization, stream)
);
create index ticks.streams_by_total on ticks.streams (organization, total);
`

// ticks counts events per stream.
func ticks(version int) projections.Projection {
	return projections.Define("ticks", version, ticksDDL, newTickBatch, projections.On((*tickBatch).ticked))
}

type tickBatch struct{ rows map[string]*tickRow }

type tickRow struct {
	organization, stream string
	events, total        int64
	last                 eventlog.Position
}

func newTickBatch() *tickBatch { return &tickBatch{rows: map[string]*tickRow{}} }

func (b *tickBatch) ticked(e ticked, m projections.Meta) {
	if e.Panics {
		panic("this tick was to panic")
	}
	r := b.rows[m.Stream]
	if r == nil {
		r = &tickRow{organization: m.Organization, stream: m.Stream}
		b.rows[m.Stream] = r
	}
	r.events++
	r.total += e.N
	r.last = m.Position
	if e.Breaks {
		r.events = -1 << 40
	}
}

// Statements implements [projections.Batch].
func (b *tickBatch) Statements() []sqldb.Statement {
	var rows [][]any
	for _, stream := range slices.Sorted(maps.Keys(b.rows)) {
		r := b.rows[stream]
		rows = append(rows, []any{r.organization, r.stream, r.events, r.total, int64(r.last)})
	}
	return projections.Rows(`insert into ticks.streams (organization, stream, events, total, last_position) values `,
		"(?, ?, ?, ?, ?)", ` on conflict (organization, stream) do update set events = streams.events + excluded.events,
		total = streams.total + excluded.total, last_position = excluded.last_position`, rows)
}

// stream is the name of the n-th stream of the toy.
func stream(n int) string {
	return domain.Stream("tick", domain.DeriveID("tick", fmt.Sprint(n)))
}

// oracle folds a log's events, apart from those behind a parked one.
func oracle(tb testing.TB, events []eventlog.Recorded, parked func(eventlog.Recorded) bool) map[string]string {
	tb.Helper()
	counts, totals, last := map[string]int64{}, map[string]int64{}, map[string]eventlog.Position{}
	quarantined := map[string]bool{}
	for _, e := range events {
		if quarantined[e.Stream] || (parked != nil && parked(e)) {
			quarantined[e.Stream] = true
			continue
		}
		if e.Type != "tick.ticked.v1" {
			continue
		}
		decoded, err := registry(tb).Decode(e.Type, e.Data)
		if err != nil {
			tb.Fatal(err)
		}
		counts[e.Stream]++
		totals[e.Stream] += decoded.(ticked).N
		last[e.Stream] = e.Position
	}
	out := map[string]string{}
	for s, n := range counts {
		out[s] = fmt.Sprintf("%d events, total %d, last at %d", n, totals[s], last[s])
	}
	return out
}

// stored reads the toy's rows in the oracle's form.
func stored(tb testing.TB, db sqldb.DB) map[string]string {
	tb.Helper()
	out := map[string]string{}
	for row, err := range db.Query(tb.Context(), "select stream, events, total, last_position from ticks.streams") {
		if err != nil {
			tb.Fatal(err)
		}
		var name string
		var events, total, last int64
		if err := row.Scan(&name, &events, &total, &last); err != nil {
			tb.Fatal(err)
		}
		out[name] = fmt.Sprintf("%d events, total %d, last at %d", events, total, last)
	}
	return out
}

func newEvent(tb testing.TB, eventType, data string) eventlog.NewEvent {
	tb.Helper()
	return eventlog.NewEvent{
		ID: uuid.New(), Type: eventType, Data: []byte(data),
		Metadata: []byte(`{"organization":"acme","actor":{"kind":"system","id":"system"}}`),
	}
}
