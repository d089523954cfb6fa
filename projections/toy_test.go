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

// over ends a stream.
type over struct{}

func (over) EventType() string { return "tick.over.v1" }

// labelled says what a label is called; its stream is derived from its name.
type labelled struct {
	Name string `json:"name"`
	Says string `json:"says"`
}

func (labelled) EventType() string { return "label.labelled.v1" }

func labelStream(name string) string { return domain.Stream("label", domain.DeriveID("label", name)) }

var manifest = []domain.Type{domain.Of[ticked](), domain.Of[paused](), domain.Of[over](), domain.Of[labelled]()}

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
create table ticks.labels (
  name text not null primary key,
  says text not null
);
`

// ticks counts events per stream, and keeps labels.
func ticks(version int) projections.Projection {
	return projections.Define("ticks", version, ticksDDL, newTickBatch,
		projections.On((*tickBatch).ticked), projections.OnLast((*tickBatch).over), projections.On((*tickBatch).labelled),
		projections.OnTombstone("tick", (*tickBatch).ended),
		projections.OnTombstoneOf("label", projections.Described{
			Rows: "select name, says from ticks.labels", Columns: 2,
			Stream: func(columns []string) string { return labelStream(columns[0]) },
		}, (*tickBatch).unlabelled),
	)
}

type tickBatch struct {
	rows   map[string]*tickRow
	gone   [][]any // streams
	labels map[string]string
	none   [][]any // labels
}

type tickRow struct {
	organization, stream string
	events, total        int64
	last                 eventlog.Position
}

func newTickBatch() *tickBatch {
	return &tickBatch{rows: map[string]*tickRow{}, labels: map[string]string{}}
}

func (b *tickBatch) over(_ over, m projections.Meta) { b.ended(m) }

// ended forgets a stream.
func (b *tickBatch) ended(m projections.Meta) {
	delete(b.rows, m.Stream)
	b.gone = append(b.gone, []any{m.Stream})
}

func (b *tickBatch) labelled(e labelled, _ projections.Meta) { b.labels[e.Name] = e.Says }

func (b *tickBatch) unlabelled(columns []string, _ projections.Meta) {
	delete(b.labels, columns[0])
	b.none = append(b.none, []any{columns[0]})
}

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
	var rows, labels [][]any
	for _, stream := range slices.Sorted(maps.Keys(b.rows)) {
		r := b.rows[stream]
		rows = append(rows, []any{r.organization, r.stream, r.events, r.total, int64(r.last)})
	}
	for _, name := range slices.Sorted(maps.Keys(b.labels)) {
		labels = append(labels, []any{name, b.labels[name]})
	}
	out := projections.Rows("delete from ticks.streams where stream in (", "?", ")", b.gone)
	out = append(out, projections.Rows("delete from ticks.labels where name in (", "?", ")", b.none)...)
	out = append(out, projections.Rows("insert into ticks.labels (name, says) values ", "(?, ?)",
		" on conflict (name) do update set says = excluded.says", labels)...)
	return append(out, projections.Rows(`insert into ticks.streams (organization, stream, events, total, last_position) values `,
		"(?, ?, ?, ?, ?)", ` on conflict (organization, stream) do update set events = streams.events + excluded.events,
		total = streams.total + excluded.total, last_position = excluded.last_position`, rows)...)
}

// stream is the name of the n-th stream of the toy.
func stream(n int) string {
	return domain.Stream("tick", domain.DeriveID("tick", fmt.Sprint(n)))
}

// oracle folds a log's events, apart from those behind a parked one, and of streams
// that are over.
func oracle(tb testing.TB, events []eventlog.Recorded, parked func(eventlog.Recorded) bool) map[string]string {
	tb.Helper()
	counts, totals, last := map[string]int64{}, map[string]int64{}, map[string]eventlog.Position{}
	quarantined := map[string]bool{}
	for _, e := range events {
		if e.Type == eventlog.TombstoneType || e.Type == (over{}).EventType() {
			delete(counts, e.Stream)
			continue
		}
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
