package orders

import (
	"parley/domain/sqldb"
	"parley/projections"
)

const (
	insertNames = `insert into orders.names (organization, kind, id, name) values `
	upsertNames = ` on conflict (organization, kind, id) do update set name = excluded.name`

	insertConversations = `insert into orders.conversations as c
  (organization, conversation, name, status, created_at, owner, customer_user, customer) values `
	upsertConversations = ` on conflict (organization, conversation) do update set
  name = coalesce(excluded.name, c.name), status = coalesce(excluded.status, c.status),
  created_at = coalesce(excluded.created_at, c.created_at), owner = coalesce(excluded.owner, c.owner),
  customer_user = coalesce(excluded.customer_user, c.customer_user), customer = coalesce(excluded.customer, c.customer)`

	// The names of every conversation of the batch are found anew.
	nameConversations = `with v (organization, conversation) as (values `
	nameTail          = `)
update orders.conversations as c set
  owner_name = coalesce((select n.name from orders.names n
    where n.organization = c.organization and n.kind = 'user' and n.id = c.owner), c.owner),
  customer_user_name = coalesce((select n.name from orders.names n
    where n.organization = c.organization and n.kind = 'customer_user' and n.id = c.customer_user), c.customer_user),
  customer_name = coalesce((select n.name from orders.names n
    where n.organization = c.organization and n.kind = 'customer' and n.id = c.customer), c.customer)
from v where c.organization = v.organization and c.conversation = v.conversation`

	forgetNames         = `delete from orders.names where (organization, kind, id) in (values `
	forgetConversations = `delete from orders.conversations where (organization, conversation) in (values `

	// So are those of all conversations of whoever has another name.
	renameHead = `with v (organization, id, name) as (values `
	renameRow  = `(cast(? as text), cast(? as text), cast(? as text))`
)

// renameTail says whose name it is, by the column of the id.
func renameTail(id string) string {
	return `)
update orders.conversations as c set ` + id + `_name = v.name
from v where c.organization = v.organization and c.` + id + ` = v.id`
}

// Statements forgets what was purged, writes names and conversations, and then
// the names that they show.
func (b *batch) Statements() []sqldb.Statement {
	var names, rows, touched, gone, removed, nameless [][]any
	for k := range b.purged.All() {
		gone = append(gone, []any{k.organization, k.conversation})
	}
	for id := range b.removals.All() {
		removed = append(removed, []any{id})
	}
	renamed := map[string][][]any{}
	for k := range b.nameless.All() {
		nameless = append(nameless, []any{k.organization, k.kind, k.id})
		renamed[k.kind] = append(renamed[k.kind], []any{k.organization, k.id, k.id})
	}
	for k, name := range b.names.All() {
		names = append(names, []any{k.organization, k.kind, k.id, *name})
		renamed[k.kind] = append(renamed[k.kind], []any{k.organization, k.id, *name})
	}
	for k, c := range b.conversations.All() {
		rows = append(rows, []any{
			k.organization, k.conversation, c.name, c.status, c.createdAt, c.owner, c.customerUser, c.customer,
		})
		touched = append(touched, []any{k.organization, k.conversation})
	}
	out := projections.Rows(forgetConversations, "(?, ?)", ")", gone)
	out = append(out, projections.ForgetConversations("orders.conversations", removed)...)
	out = append(out, projections.Rows(forgetNames, "(?, ?, ?)", ")", nameless)...)
	out = append(out, projections.Rows(insertNames, "(?, ?, ?, ?)", upsertNames, names)...)
	out = append(out, projections.Rows(insertConversations, "(?, ?, ?, ?, ?, ?, ?, ?)", upsertConversations, rows)...)
	out = append(out, projections.Rows(nameConversations, "(cast(? as text), cast(? as text))", nameTail, touched)...)
	for _, of := range shown {
		out = append(out, projections.Rows(renameHead, renameRow, renameTail(of.id), renamed[of.kind])...)
	}
	return out
}
