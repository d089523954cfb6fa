// Package receipts is the read model that remembers for ever what every
// idempotent command wrote: the run of events in one stream. A key that was used
// on a second stream (two instances that raced) keeps its first one. What was
// written to a conversation before it was purged is gone, with its files, and so are
// the receipts; and so are those of every stream that is gone itself.
package receipts

import (
	_ "embed"
	"maps"
	"slices"

	"parley/domain"
	"parley/domain/attachment"
	"parley/domain/conversation"
	"parley/domain/eventlog"
	"parley/domain/sqldb"
	"parley/projections"
)

//go:embed schema.sql
var schema string

// Projection is the read model receipts.
var Projection = projections.Define("receipts", 3, schema, func() *batch { return &batch{} },
	projections.OnEvery((*batch).written), projections.OnLast((*batch).purge), projections.On((*batch).discarded),
	projections.OnLast((*batch).removed), projections.OnTombstone("", (*batch).forget))

type key struct {
	organization string
	actor        domain.Person
	key          string
}

// run is what a batch saw of a key's events.
type run struct {
	stream, fingerprint string
	first, last         eventlog.Revision
	position            eventlog.Position
}

type batch struct {
	receipts projections.Changes[key, run]
	purged   map[string]eventlog.Revision // streams, and since when
}

func (b *batch) written(m projections.Meta) {
	if m.Key == "" {
		return
	}
	r := b.receipts.Of(key{m.Organization, m.Actor, m.Key})
	switch r.stream {
	case "":
		*r = run{m.Stream, m.Fingerprint, m.Revision, m.Revision, m.Position}
	case m.Stream:
		r.last, r.position = m.Revision, m.Position
	}
}

func (b *batch) purge(_ conversation.Purged, m projections.Meta) { b.forget(m) }

func (b *batch) removed(_ conversation.Removed, m projections.Meta) { b.forget(m) }

func (b *batch) discarded(e attachment.Discarded, m projections.Meta) {
	if e.EndsFile() {
		b.forget(m)
	}
}

// forget forgets what was written to the stream before.
func (b *batch) forget(m projections.Meta) {
	b.receipts.Drop(func(k key) bool {
		r := b.receipts.Of(k)
		return r.stream == m.Stream && r.last < m.Revision
	})
	if b.purged == nil {
		b.purged = map[string]eventlog.Revision{}
	}
	b.purged[m.Stream] = m.Revision
}

const (
	insert = `insert into receipts.receipts as r
  (organization, kind, person, key, fingerprint, stream, first_revision, last_revision, position) values `
	upsert = ` on conflict (organization, kind, person, key) do update set
  last_revision = excluded.last_revision, position = excluded.position
where r.stream = excluded.stream`

	// It looks at all rows: an index would cost every command, and purges are rare.
	forgotten = `with v (stream, revision) as (values `
	gone      = `) delete from receipts.receipts as r where exists (
  select 1 from v where v.stream = r.stream and v.revision > r.last_revision)`
)

// Statements forgets what was purged, and extends the runs that earlier batches
// began.
func (b *batch) Statements() []sqldb.Statement {
	var rows, purged [][]any
	for _, stream := range slices.Sorted(maps.Keys(b.purged)) {
		purged = append(purged, []any{stream, int64(b.purged[stream])})
	}
	for k, r := range b.receipts.All() {
		rows = append(rows, []any{
			k.organization, string(k.actor.Kind), k.actor.ID, k.key, r.fingerprint, r.stream,
			int64(r.first), int64(r.last), int64(r.position),
		})
	}
	return append(projections.Rows(forgotten, "(cast(? as text), cast(? as bigint))", gone, purged), projections.Rows(insert, "(?, ?, ?, ?, ?, ?, ?, ?, ?)", upsert, rows)...)
}
