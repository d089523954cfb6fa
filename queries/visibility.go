package queries

import (
	"strings"

	"parley/domain/access"
)

// arm is one way by which conversations come into view: as a condition on a row
// c of conversations, and as a query of their ids. The first is right for a row
// that is already found, the second for finding few among many.
type arm struct{ row, ids clause }

const ofOrganization = `select v.conversation from conversations.conversations v
  where v.organization = {organization} and `

// The arms. They say what access.Actor.MayView says, level by level.
var (
	participating = arm{
		row: `exists (select 1 from inboxes.threads i where i.organization = c.organization
  and i.conversation = c.conversation and i.kind = {kind} and i.person = {person} and i.participant)`,
		ids: `select i.conversation from inboxes.threads i
  where i.organization = {organization} and i.kind = {kind} and i.person = {person} and i.participant`,
	}

	ownedByMe     = arm{`c.owner = {person}`, ofOrganization + `v.owner = {person}`}
	ownedInMyUnit = arm{`c.owner in (` + unitPeople + `)`, ofOrganization + `v.owner in (` + unitPeople + `)`}
	ownedBelowIt  = arm{`c.owner in (` + peopleBelow + `)`, ofOrganization + `v.owner in (` + peopleBelow + `)`}

	aboutMe         = arm{`c.customer_user = {person}`, ofOrganization + `v.customer_user = {person}`}
	aboutMyCustomer = arm{`c.customer = {customer}`, ofOrganization + `v.customer = {customer}`}
	aboutThoseBelow = arm{`c.customer in (` + customersBelow + `)`, ofOrganization + `v.customer in (` + customersBelow + `)`}
)

// A cross join keeps its order in SQLite: from the few places to what is in them.
const (
	unitPeople = `select p.id from directory.people p
  where p.organization = {organization} and p.kind = 'user' and p.business_unit = {unit}`

	peopleBelow = `with recursive below (id) as (
    select u.id from directory.business_units u where u.organization = {organization} and u.parent = {unit}
    union
    select u.id from below b cross join directory.business_units u where u.organization = {organization} and u.parent = b.id)
  select p.id from below b cross join directory.people p
  where p.organization = {organization} and p.kind = 'user' and p.business_unit = b.id`

	customersBelow = `with recursive below (id) as (
    select u.id from directory.customers u where u.organization = {organization} and u.parent = {customer}
    union
    select u.id from below b cross join directory.customers u where u.organization = {organization} and u.parent = b.id)
  select b.id from below b`
)

// about returns the params that every question of the actor has.
func about(a access.Actor) params {
	return params{
		"organization": a.Organization, "kind": string(a.Person.Kind), "person": a.Person.ID,
		"unit": a.BusinessUnit, "customer": a.Customer,
	}
}

// seesAll reports whether nothing in the organization is hidden from the actor.
func seesAll(a access.Actor) bool { return a.View >= access.Organization }

// arms returns the ways by which conversations come into the actor's view.
func arms(a access.Actor) []arm {
	own, unit, below, place := ownedByMe, ownedInMyUnit, ownedBelowIt, a.BusinessUnit
	if a.IsCustomer() {
		own, unit, below, place = aboutMe, aboutMyCustomer, aboutThoseBelow, a.Customer
	}
	ways := []arm{participating}
	if a.View >= access.Own {
		ways = append(ways, own)
	}
	if a.View >= access.Unit && place != "" {
		ways = append(ways, unit)
	}
	if a.View >= access.UnitAndBelow && place != "" {
		ways = append(ways, below)
	}
	return ways
}

// visibleRow returns the condition that the actor may view the row c.
func visibleRow(a access.Actor) clause {
	if seesAll(a) {
		return `true`
	}
	var ways []string
	for _, w := range arms(a) {
		ways = append(ways, string(w.row))
	}
	return clause("(" + strings.Join(ways, "\n  or ") + ")")
}

// visibleAmong returns the same condition for finding rows c among all.
func visibleAmong(a access.Actor) clause {
	if seesAll(a) {
		return `true`
	}
	var ways []string
	for _, w := range arms(a) {
		ways = append(ways, string(w.ids))
	}
	return clause("c.conversation in (" + strings.Join(ways, "\nunion all ") + ")")
}

// The conditions on rows r of directory.records and p of directory.people that a
// customer user may view: themselves, their sales representative and their own
// records; at company level those of the company.
const (
	ownRecord = `r.customer_user = {person}`
	ownPerson = `(p.kind = 'customer_user' and p.id = {person}) or (p.kind = 'user' and p.id in (
  select m.sales_representative from directory.people m
  where m.organization = {organization} and m.kind = 'customer_user' and m.id = {person}))`
	companyRecord = ` or r.customer = {customer}`
	companyPerson = ` or (p.kind = 'customer_user' and p.customer = {customer})`
	recordBelow   = ` or r.customer in (` + customersBelow + `)`
	personBelow   = ` or (p.kind = 'customer_user' and p.customer in (` + customersBelow + `))`
)

// visibleThings returns the conditions that the actor may view the record r, and
// the person p. Users view all of both.
func visibleThings(a access.Actor) (record, person clause) {
	if !a.IsCustomer() {
		return `true`, `true`
	}
	if seesAll(a) {
		return `r.id is not null`, "(" + ownPerson + ` or p.kind = 'customer_user')`
	}
	record, person = ownRecord, ownPerson
	if a.View >= access.Unit && a.Customer != "" {
		record, person = record+companyRecord, person+companyPerson
	}
	if a.View >= access.UnitAndBelow && a.Customer != "" {
		record, person = record+recordBelow, person+personBelow
	}
	return "(" + record + ")", "(" + person + ")"
}
