// Package receipts is the read model that remembers for ever what every
// idempotent command wrote: the run of events in one stream. A key that was used
// on a second stream (two instances that raced) keeps its first one.
package receipts

import (
	_ "embed"

	"parley/domain"
	"parley/domain/eventlog"
	"parley/domain/sqldb"
	"parley/projections"
)

//go:embed schema.sql
var schema string

// Projection is the read model receipts.
var Projection = projections.Define("receipts", 1, schema, func() *batch { return &batch{} },
	projections.OnEvery((*batch).written))

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

const (
	insert = `insert into receipts.receipts as r
  (organization, kind, person, key, fingerprint, stream, first_revision, last_revision, position) values `
	upsert = ` on conflict (organization, kind, person, key) do update set
  last_revision = excluded.last_revision, position = excluded.position
where r.stream = excluded.stream`
)

// Statements extends the runs that earlier batches began.
func (b *batch) Statements() []sqldb.Statement {
	var rows [][]any
	for k, r := range b.receipts.All() {
		rows = append(rows, []any{
			k.organization, string(k.actor.Kind), k.actor.ID, k.key, r.fingerprint, r.stream,
			int64(r.first), int64(r.last), int64(r.position),
		})
	}
	return projections.Rows(insert, "(?, ?, ?, ?, ?, ?, ?, ?, ?)", upsert, rows)
}
