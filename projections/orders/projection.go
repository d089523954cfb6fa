// Package orders is the read model of the orders of lists: one row per
// conversation with what a list can be sorted by and messages do not change.
// It stands apart from the rows that every message changes, whose indexes would
// all be written with each.
package orders

import (
	_ "embed"

	"parley/domain"
	"parley/domain/conversation"
	"parley/domain/directory"
	"parley/projections"
)

//go:embed schema.sql
var schema string

// Projection is the read model orders.
var Projection = projections.Define("orders", 1, schema, func() *batch { return &batch{} },
	projections.On((*batch).started), projections.On((*batch).renamed),
	projections.On((*batch).ownerChanged), projections.On((*batch).customerUserChanged),
	projections.On((*batch).closed), projections.On((*batch).reopened),
	projections.OnLast((*batch).purge), projections.OnLast((*batch).removed),
	projections.OnTombstone(conversation.Aggregate.Name, (*batch).remove),
	projections.On((*batch).personMirrored), projections.On((*batch).customerMirrored),
	projections.OnTombstoneOf(directory.People.Name, named(personStream), (*batch).unnamed),
	projections.OnTombstoneOf(directory.Customers.Name, named(customerStream), (*batch).unnamed),
)

// named finds whose name it is by the stream that it came from.
func named(stream func(columns []string) string) projections.Described {
	return projections.Described{Rows: `select organization, kind, id from orders.names`, Columns: 3, Stream: stream}
}

func personStream(c []string) string {
	return directory.PersonStream(c[0], domain.Person{Kind: domain.Kind(c[1]), ID: c[2]})
}

func customerStream(c []string) string {
	if c[1] != customerKind {
		return ""
	}
	return directory.CustomerStream(c[0], c[2])
}

type key struct{ organization, conversation string }

// change is what a batch changes of a conversation; nil stays as it is.
type change struct {
	name, status                  *string
	createdAt                     *int64
	owner, customerUser, customer *string
}

type nameKey struct{ organization, kind, id string }

// customerKind is the kind of customers' names, beside those of people.
const customerKind = "customer"

type batch struct {
	conversations projections.Changes[key, change]
	purged        projections.Changes[key, struct{}]
	removals      projections.Changes[string, struct{}] // of any organization
	names         projections.Changes[nameKey, string]
	nameless      projections.Changes[nameKey, struct{}]
}

func (b *batch) started(e conversation.Started, m projections.Meta) {
	*b.conversation(m) = change{
		name: &e.Name, status: new(string(conversation.Active)), createdAt: new(projections.Micros(e.At)),
		owner: &e.Owner, customerUser: &e.CustomerUser, customer: &e.Customer,
	}
}

func (b *batch) renamed(e conversation.Renamed, m projections.Meta) { b.conversation(m).name = &e.Name }

func (b *batch) ownerChanged(e conversation.OwnerChanged, m projections.Meta) {
	b.conversation(m).owner = &e.Owner
}

func (b *batch) customerUserChanged(e conversation.CustomerUserChanged, m projections.Meta) {
	c := b.conversation(m)
	c.customerUser, c.customer = &e.CustomerUser, &e.Customer
}

func (b *batch) closed(_ conversation.Closed, m projections.Meta) {
	b.conversation(m).status = new(string(conversation.IsClosed))
}

func (b *batch) reopened(_ conversation.Reopened, m projections.Meta) {
	b.conversation(m).status = new(string(conversation.Active))
}

// purge forgets what the batch knows of the conversation, too.
func (b *batch) purge(_ conversation.Purged, m projections.Meta) {
	gone := key{m.Organization, m.Aggregate()}
	b.conversations.Drop(func(k key) bool { return k == gone })
	b.purged.Of(gone)
}

func (b *batch) removed(_ conversation.Removed, m projections.Meta) { b.remove(m) }

// remove is purge where only the conversation's id is known.
func (b *batch) remove(m projections.Meta) {
	id := m.Aggregate()
	b.conversations.Drop(func(k key) bool { return k.conversation == id })
	b.removals.Of(id)
}

// unnamed lets the id stand for the name, as of who is not in the directory.
func (b *batch) unnamed(c []string, _ projections.Meta) { b.nameless.Of(nameKey{c[0], c[1], c[2]}) }

func (b *batch) personMirrored(e directory.PersonMirrored, _ projections.Meta) {
	*b.names.Of(nameKey{e.Organization, string(e.Kind), e.ID}) = e.Name
}

func (b *batch) customerMirrored(e directory.CustomerMirrored, _ projections.Meta) {
	*b.names.Of(nameKey{e.Organization, customerKind, e.ID}) = e.Name
}

func (b *batch) conversation(m projections.Meta) *change {
	return b.conversations.Of(key{m.Organization, m.Aggregate()})
}

// shown are the columns that show a name: of whom, by the column of the id.
var shown = []struct{ kind, id string }{
	{string(domain.KindUser), "owner"}, {string(domain.KindCustomerUser), "customer_user"}, {customerKind, "customer"},
}
