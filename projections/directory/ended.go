package directory

import (
	"parley/domain"
	"parley/domain/directory"
	"parley/projections"
)

// How the rows of streams that are gone are found.
var (
	people = projections.Described{
		Rows: `select organization, kind, id from directory.people`, Columns: 3,
		Stream: func(c []string) string {
			return directory.PersonStream(c[0], domain.Person{Kind: domain.Kind(c[1]), ID: c[2]})
		},
	}
	records = projections.Described{
		Rows: `select organization, type, id from directory.records`, Columns: 3,
		Stream: func(c []string) string {
			return directory.RecordStream(c[0], domain.Record{Type: c[1], ID: c[2]})
		},
	}
	recordTypes = projections.Described{
		Rows: `select organization, type from directory.record_types`, Columns: 2,
		Stream: func(c []string) string { return directory.RecordTypeStream(c[0], c[1]) },
	}
	customers = projections.Described{
		Rows: `select organization, id from directory.customers`, Columns: 2,
		Stream: func(c []string) string { return directory.CustomerStream(c[0], c[1]) },
	}
	businessUnits = projections.Described{
		Rows: `select organization, id from directory.business_units`, Columns: 2,
		Stream: func(c []string) string { return directory.BusinessUnitStream(c[0], c[1]) },
	}
)

func (e *entry[E]) end() { e.ended = true }

func (b *batch) personEnded(c []string, _ projections.Meta) {
	b.people.Of(kindKey{c[0], domain.Kind(c[1]), c[2]}).end()
}

func (b *batch) recordEnded(c []string, _ projections.Meta) {
	b.records.Of(recordKey{c[0], c[1], c[2]}).end()
}

func (b *batch) recordTypeEnded(c []string, _ projections.Meta) {
	b.recordTypes.Of(key{c[0], c[1]}).end()
}

func (b *batch) customerEnded(c []string, _ projections.Meta) {
	b.customers.Of(key{c[0], c[1]}).end()
}

func (b *batch) businessUnitEnded(c []string, _ projections.Meta) {
	b.businessUnits.Of(key{c[0], c[1]}).end()
}
