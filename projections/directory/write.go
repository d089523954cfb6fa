package directory

import (
	"encoding/json"
	"strings"
)

// table is how one table is written, and the rows of this batch.
type table struct {
	insert, row, upsert      string
	remove, forget, key      string
	mirrored, removed, ended [][]any
}

const (
	insertPeople = `insert into directory.people (organization, kind, id, name, search, email, locale,
  business_unit, customer, sales_representative, groups, roles, enabled, removed) values `
	upsertPeople = ` on conflict (organization, kind, id) do update set
  name = excluded.name, search = excluded.search, email = excluded.email, locale = excluded.locale,
  business_unit = excluded.business_unit, customer = excluded.customer,
  sales_representative = excluded.sales_representative, groups = excluded.groups,
  roles = excluded.roles, enabled = excluded.enabled, removed = false`
	removePeople = `update directory.people set removed = true, enabled = false
where (organization, kind, id) in (values `
	forgetPeople = `delete from directory.people where (organization, kind, id) in (values `

	insertRecords = `insert into directory.records (organization, type, id, label, search, url,
  customer_user, customer, owner, removed) values `
	upsertRecords = ` on conflict (organization, type, id) do update set
  label = excluded.label, search = excluded.search, url = excluded.url,
  customer_user = excluded.customer_user, customer = excluded.customer, owner = excluded.owner, removed = false`
	removeRecords = `update directory.records set removed = true, url = ''
where (organization, type, id) in (values `
	forgetRecords = `delete from directory.records where (organization, type, id) in (values `

	insertRecordTypes = `insert into directory.record_types (organization, type, label, removed) values `
	upsertRecordTypes = ` on conflict (organization, type) do update set label = excluded.label, removed = false`
	removeRecordTypes = `update directory.record_types set removed = true where (organization, type) in (values `
	forgetRecordTypes = `delete from directory.record_types where (organization, type) in (values `

	insertCustomers = `insert into directory.customers (organization, id, name, parent, removed) values `
	removeCustomers = `update directory.customers set removed = true, parent = '' where (organization, id) in (values `
	forgetCustomers = `delete from directory.customers where (organization, id) in (values `

	insertBusinessUnits = `insert into directory.business_units (organization, id, name, parent, removed) values `
	removeBusinessUnits = `update directory.business_units set removed = true, parent = '' where (organization, id) in (values `
	forgetBusinessUnits = `delete from directory.business_units where (organization, id) in (values `

	upsertTree = ` on conflict (organization, id) do update set
  name = excluded.name, parent = excluded.parent, removed = false`
)

func (b *batch) peopleRows() table {
	t := table{
		insert: insertPeople, row: "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, false)", upsert: upsertPeople,
		remove: removePeople, forget: forgetPeople, key: "(?, ?, ?)",
	}
	for k, c := range b.people.All() {
		if p := c.mirrored; p != nil {
			t.mirrored = append(t.mirrored, []any{
				k.organization, string(k.kind), k.id, p.Name, search(p.Name, k.id), p.Email, p.Locale,
				p.BusinessUnit, p.Customer, p.SalesRepresentative, list(p.Groups), list(p.Roles), p.Enabled,
			})
		}
		if c.removed {
			t.removed = append(t.removed, []any{k.organization, string(k.kind), k.id})
		}
		if c.ended {
			t.ended = append(t.ended, []any{k.organization, string(k.kind), k.id})
		}
	}
	return t
}

func (b *batch) recordRows() table {
	t := table{
		insert: insertRecords, row: "(?, ?, ?, ?, ?, ?, ?, ?, ?, false)", upsert: upsertRecords,
		remove: removeRecords, forget: forgetRecords, key: "(?, ?, ?)",
	}
	for k, c := range b.records.All() {
		if r := c.mirrored; r != nil {
			t.mirrored = append(t.mirrored, []any{
				k.organization, k.kind, k.id, r.Label, search(r.Label, k.id), r.URL, r.CustomerUser, r.Customer, r.Owner,
			})
		}
		if c.removed {
			t.removed = append(t.removed, []any{k.organization, k.kind, k.id})
		}
		if c.ended {
			t.ended = append(t.ended, []any{k.organization, k.kind, k.id})
		}
	}
	return t
}

func (b *batch) recordTypeRows() table {
	t := table{
		insert: insertRecordTypes, row: "(?, ?, ?, false)", upsert: upsertRecordTypes,
		remove: removeRecordTypes, forget: forgetRecordTypes, key: "(?, ?)",
	}
	for k, c := range b.recordTypes.All() {
		if c.mirrored != nil {
			t.mirrored = append(t.mirrored, []any{k.organization, k.id, c.mirrored.Label})
		}
		if c.removed {
			t.removed = append(t.removed, []any{k.organization, k.id})
		}
		if c.ended {
			t.ended = append(t.ended, []any{k.organization, k.id})
		}
	}
	return t
}

func (b *batch) customerRows() table {
	t := treeTable(insertCustomers, removeCustomers, forgetCustomers)
	for k, c := range b.customers.All() {
		if c.mirrored != nil {
			t.mirrored = append(t.mirrored, []any{k.organization, k.id, c.mirrored.Name, c.mirrored.Parent})
		}
		if c.removed {
			t.removed = append(t.removed, []any{k.organization, k.id})
		}
		if c.ended {
			t.ended = append(t.ended, []any{k.organization, k.id})
		}
	}
	return t
}

func (b *batch) businessUnitRows() table {
	t := treeTable(insertBusinessUnits, removeBusinessUnits, forgetBusinessUnits)
	for k, c := range b.businessUnits.All() {
		if c.mirrored != nil {
			t.mirrored = append(t.mirrored, []any{k.organization, k.id, c.mirrored.Name, c.mirrored.Parent})
		}
		if c.removed {
			t.removed = append(t.removed, []any{k.organization, k.id})
		}
		if c.ended {
			t.ended = append(t.ended, []any{k.organization, k.id})
		}
	}
	return t
}

func treeTable(insert, remove, forget string) table {
	return table{insert: insert, row: "(?, ?, ?, ?, false)", upsert: upsertTree, remove: remove, forget: forget, key: "(?, ?)"}
}

// search is the text that look-ups compare with: in lower case, so that every
// database finds the same.
func search(name, id string) string { return strings.ToLower(name + "\n" + id) }

// list returns texts as a JSON array.
func list(texts []string) string {
	if len(texts) == 0 {
		return "[]"
	}
	data, err := json.Marshal(texts)
	if err != nil {
		panic(err) // texts always have a JSON form
	}
	return string(data)
}
