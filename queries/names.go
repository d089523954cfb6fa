package queries

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"parley/domain"
	"parley/domain/sqldb"
)

// The names that a page shows, read in one go for all of its rows: most rows
// name the same few people.
const (
	namesOfPeople clause = `select p.kind, p.id, p.name, p.business_unit, coalesce({person_visible}, false)
from directory.people p
where p.organization = {organization} and p.kind in ('user', 'customer_user') and p.id in ({ids})`
	namesOfRecords clause = `select r.type, r.id, r.label, r.url, coalesce({record_visible}, false)
from directory.records r
where r.organization = {organization} and r.type in ({types}) and r.id in ({ids})`
	namesOfCustomers clause = `select k.id, k.name
from directory.customers k
where k.organization = {organization} and k.id in ({ids})`
)

// knownPerson, knownRecord and knownCustomer are rows of the directory, with
// whether the actor may view them.
type (
	knownPerson struct {
		Person
		unit    string
		visible bool
	}
	knownRecord struct {
		Record
		visible bool
	}
)

// names is what the directory knows of the people and things that it was asked
// about. What it does not know is named by its id.
type names struct {
	people    map[domain.Person]knownPerson
	records   map[domain.Record]knownRecord
	customers map[string]Customer
	// customerUser says that the names are for one, who may not view what is
	// not known.
	customerUser bool
}

func newNames(customerUser bool) *names {
	return &names{
		people: map[domain.Person]knownPerson{}, records: map[domain.Record]knownRecord{},
		customers: map[string]Customer{}, customerUser: customerUser,
	}
}

// want asks for things to be named, before they are read.
func (n *names) want(r domain.Record) {
	if p, is := r.AsPerson(); is {
		n.wantPerson(p)
	} else if !r.IsZero() {
		n.records[r] = knownRecord{Record: Record{Record: r, Label: r.ID}, visible: !n.customerUser}
	}
}

func (n *names) wantPerson(p domain.Person) {
	if p.Kind.IsPerson() {
		n.people[p] = knownPerson{Person: Person{Person: p, Name: p.ID}, visible: !n.customerUser}
	}
}

func (n *names) wantCustomer(id string) {
	if id != "" {
		n.customers[id] = Customer{ID: id, Name: id}
	}
}

// person returns the person with the name to show.
func (n *names) person(p domain.Person) Person {
	if known, ok := n.people[p]; ok {
		return known.Person
	}
	return Person{Person: p, Name: p.ID}
}

// record returns the record with the label to show, and whether the actor may
// view it: if not, without its link.
func (n *names) record(r domain.Record) (Record, bool) {
	if p, is := r.AsPerson(); is {
		known := n.people[p]
		return Record{Record: r, Label: known.Name}, known.visible
	}
	known := n.records[r]
	if !known.visible {
		known.URL = ""
	}
	return known.Record, known.visible
}

// read reads what was asked for.
func (n *names) read(ctx context.Context, db sqldb.DB, p params) error {
	for _, read := range []func(context.Context, sqldb.DB, params) error{n.readPeople, n.readRecords, n.readCustomers} {
		if err := read(ctx, db, p); err != nil {
			return fmt.Errorf("read names: %w", err)
		}
	}
	return nil
}

func (n *names) readPeople(ctx context.Context, db sqldb.DB, p params) error {
	if len(n.people) == 0 {
		return nil
	}
	ids := map[string]bool{}
	for wanted := range n.people {
		ids[wanted.ID] = true
	}
	p["ids"] = padded(slices.Sorted(maps.Keys(ids)))
	found, err := collect(ctx, db, p, namesOfPeople, func(row sqldb.Row) (knownPerson, error) {
		var (
			k    knownPerson
			kind string
		)
		err := row.Scan(&kind, &k.ID, &k.Name, &k.unit, &k.visible)
		k.Kind = domain.Kind(kind)
		return k, err
	})
	for _, k := range found {
		n.people[k.Person.Person] = k
	}
	return err
}

func (n *names) readRecords(ctx context.Context, db sqldb.DB, p params) error {
	if len(n.records) == 0 {
		return nil
	}
	types, ids := map[string]bool{}, map[string]bool{}
	for wanted := range n.records {
		types[wanted.Type], ids[wanted.ID] = true, true
	}
	p["types"], p["ids"] = padded(slices.Sorted(maps.Keys(types))), padded(slices.Sorted(maps.Keys(ids)))
	found, err := collect(ctx, db, p, namesOfRecords, func(row sqldb.Row) (knownRecord, error) {
		var k knownRecord
		err := row.Scan(&k.Type, &k.ID, &k.Label, &k.URL, &k.visible)
		return k, err
	})
	for _, k := range found {
		n.records[k.Record.Record] = k
	}
	return err
}

func (n *names) readCustomers(ctx context.Context, db sqldb.DB, p params) error {
	if len(n.customers) == 0 {
		return nil
	}
	p["ids"] = padded(slices.Sorted(maps.Keys(n.customers)))
	found, err := collect(ctx, db, p, namesOfCustomers, func(row sqldb.Row) (Customer, error) {
		var c Customer
		err := row.Scan(&c.ID, &c.Name)
		return c, err
	})
	for _, c := range found {
		n.customers[c.ID] = c
	}
	return err
}
