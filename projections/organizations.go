package projections

import "parley/domain/sqldb"

// InEveryOrganization returns statements about things of which the organization is
// not known, because a tombstone or its like says no more than the stream:
//
//	with …, v (organization, columns) as (…) tail
//
// The rows of v are the given ones, for each organization that has rows in a table
// whose primary key begins with the organization. They are found through that key,
// from one organization to the next, so that a large table need not be read.
func InEveryOrganization(table, columns, row, tail string, rows [][]any) []sqldb.Statement {
	head := `with recursive o (organization) as (
  select min(organization) from ` + table + `
  union all select (select min(t.organization) from ` + table + ` t where t.organization > o.organization)
  from o where o.organization is not null),
g (` + columns + `) as (values `
	all := `),
v (organization, ` + columns + `) as (select o.organization, g.* from o cross join g where o.organization is not null)
`
	return Rows(head, row, all+tail, rows)
}

// ForgetConversations returns statements that delete all rows of conversations from
// a table whose primary key begins with organization and conversation. The rows
// hold the conversations' ids alone.
func ForgetConversations(table string, ids [][]any) []sqldb.Statement {
	return InEveryOrganization(table, "conversation", "(cast(? as text))",
		`delete from `+table+` where (organization, conversation) in (select organization, conversation from v)`, ids)
}
