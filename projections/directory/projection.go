// Package directory is the read model of people, business records, their types,
// customers and business units: the names and labels to show, and what
// visibility depends on. What the commerce system removed keeps its name, loses
// its link and its place in the tree, and is not offered any more. What has no stream
// any more is not known.
package directory

import (
	_ "embed"
	"slices"

	"parley/domain"
	"parley/domain/directory"
	"parley/domain/sqldb"
	"parley/projections"
)

//go:embed schema.sql
var schema string

// Projection is the read model directory.
var Projection = projections.Define("directory", 1, schema, func() *batch { return &batch{} },
	projections.On((*batch).personMirrored), projections.On((*batch).personRemoved),
	projections.On((*batch).recordMirrored), projections.On((*batch).recordRemoved),
	projections.On((*batch).recordTypeMirrored), projections.On((*batch).recordTypeRemoved),
	projections.On((*batch).customerMirrored), projections.On((*batch).customerRemoved),
	projections.On((*batch).businessUnitMirrored), projections.On((*batch).businessUnitRemoved),
	projections.OnTombstoneOf(directory.People.Name, people, (*batch).personEnded),
	projections.OnTombstoneOf(directory.Records.Name, records, (*batch).recordEnded),
	projections.OnTombstoneOf(directory.RecordTypes.Name, recordTypes, (*batch).recordTypeEnded),
	projections.OnTombstoneOf(directory.Customers.Name, customers, (*batch).customerEnded),
	projections.OnTombstoneOf(directory.BusinessUnits.Name, businessUnits, (*batch).businessUnitEnded),
)

// entry is what a batch last said of one thing: its row, if it was mirrored,
// whether it was then removed, and whether its stream is gone.
type entry[E any] struct {
	mirrored       *E
	removed, ended bool
}

func (e *entry[E]) mirror(event E) { *e = entry[E]{mirrored: &event} }

func (e *entry[E]) remove() { e.removed = true }

type kindKey struct {
	organization string
	kind         domain.Kind
	id           string
}

type recordKey struct{ organization, kind, id string }

type key struct{ organization, id string }

type batch struct {
	people        projections.Changes[kindKey, entry[directory.PersonMirrored]]
	records       projections.Changes[recordKey, entry[directory.RecordMirrored]]
	recordTypes   projections.Changes[key, entry[directory.RecordTypeMirrored]]
	customers     projections.Changes[key, entry[directory.CustomerMirrored]]
	businessUnits projections.Changes[key, entry[directory.BusinessUnitMirrored]]
}

func (b *batch) personMirrored(e directory.PersonMirrored, _ projections.Meta) {
	b.people.Of(kindKey{e.Organization, e.Kind, e.ID}).mirror(e)
}

func (b *batch) personRemoved(e directory.PersonRemoved, _ projections.Meta) {
	b.people.Of(kindKey{e.Organization, e.Kind, e.ID}).remove()
}

func (b *batch) recordMirrored(e directory.RecordMirrored, _ projections.Meta) {
	b.records.Of(recordKey{e.Organization, e.Type, e.ID}).mirror(e)
}

func (b *batch) recordRemoved(e directory.RecordRemoved, _ projections.Meta) {
	b.records.Of(recordKey{e.Organization, e.Type, e.ID}).remove()
}

func (b *batch) recordTypeMirrored(e directory.RecordTypeMirrored, _ projections.Meta) {
	b.recordTypes.Of(key{e.Organization, e.Type}).mirror(e)
}

func (b *batch) recordTypeRemoved(e directory.RecordTypeRemoved, _ projections.Meta) {
	b.recordTypes.Of(key{e.Organization, e.Type}).remove()
}

func (b *batch) customerMirrored(e directory.CustomerMirrored, _ projections.Meta) {
	b.customers.Of(key{e.Organization, e.ID}).mirror(e)
}

func (b *batch) customerRemoved(e directory.CustomerRemoved, _ projections.Meta) {
	b.customers.Of(key{e.Organization, e.ID}).remove()
}

func (b *batch) businessUnitMirrored(e directory.BusinessUnitMirrored, _ projections.Meta) {
	b.businessUnits.Of(key{e.Organization, e.ID}).mirror(e)
}

func (b *batch) businessUnitRemoved(e directory.BusinessUnitRemoved, _ projections.Meta) {
	b.businessUnits.Of(key{e.Organization, e.ID}).remove()
}

// Statements writes what was mirrored, then marks what was removed and forgets what
// has no stream any more, whichever batch mirrored it.
func (b *batch) Statements() []sqldb.Statement {
	var mirrored, removed, ended []sqldb.Statement
	for _, t := range []table{b.peopleRows(), b.recordRows(), b.recordTypeRows(), b.customerRows(), b.businessUnitRows()} {
		mirrored = append(mirrored, projections.Rows(t.insert, t.row, t.upsert, t.mirrored)...)
		removed = append(removed, projections.Rows(t.remove, t.key, ")", t.removed)...)
		ended = append(ended, projections.Rows(t.forget, t.key, ")", t.ended)...)
	}
	return slices.Concat(mirrored, removed, ended)
}
