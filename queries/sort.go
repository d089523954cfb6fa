package queries

import (
	"slices"
	"strconv"
	"strings"

	"parley/domain"
)

// Sort is an order of conversations: one of [Sorts], or that with a leading "-"
// for the descending order. Equal ones are ordered by id.
type Sort string

// The orders, ascending. People and customers are ordered by their names.
// SortLastMessage takes the creation of conversations without messages.
const (
	SortName         Sort = "name"
	SortStatus       Sort = "status"
	SortMessageCount Sort = "message_count"
	SortOwner        Sort = "owner"
	SortCustomer     Sort = "customer"
	SortCustomerUser Sort = "customer_user"
	SortCreatedAt    Sort = "created_at"
	SortUpdatedAt    Sort = "updated_at"
	SortLastMessage  Sort = "last_message"
)

// Sorts lists the orders, ascending.
var Sorts = []Sort{
	SortName, SortStatus, SortMessageCount, SortOwner,
	SortCustomer, SortCustomerUser, SortCreatedAt, SortUpdatedAt, SortLastMessage,
}

// Valid reports whether there is such an order.
func (s Sort) Valid() bool {
	order, _ := s.parts()
	return slices.Contains(Sorts, order)
}

// parts returns the ascending order and whether it is to be reversed.
func (s Sort) parts() (Sort, bool) {
	order, reversed := strings.CutPrefix(string(s), "-")
	return Sort(order), reversed
}

// The directions, and how a key compares to those behind it.
const (
	ascending  clause = `asc`
	descending clause = `desc`
)

// direction returns the direction and the comparison of what comes later.
func direction(reversed bool) (clause, clause) {
	if reversed {
		return descending, `<`
	}
	return ascending, `>`
}

// sortKey is what a list is ordered by.
type sortKey struct {
	expression clause
	join       clause // what the expression needs besides the row c
	numeric    bool
}

var sortKeys = map[Sort]sortKey{
	SortName:         {expression: `c.name`},
	SortStatus:       {expression: `c.status`},
	SortMessageCount: {expression: `{count}`, numeric: true},
	SortOwner: {expression: `coalesce(n.name, c.owner)`, join: `
left join directory.people n on n.organization = c.organization and n.kind = 'user' and n.id = c.owner`},
	SortCustomer: {expression: `coalesce(n.name, c.customer)`, join: `
left join directory.customers n on n.organization = c.organization and n.id = c.customer`},
	SortCustomerUser: {expression: `coalesce(n.name, c.customer_user)`, join: `
left join directory.people n on n.organization = c.organization and n.kind = 'customer_user' and n.id = c.customer_user`},
	SortCreatedAt:   {expression: `c.created_at`, numeric: true},
	SortUpdatedAt:   {expression: `{changed_at}`, numeric: true},
	SortLastMessage: {expression: `{sort_at}`, numeric: true},
}

// after puts the key of a cursor into the params.
func (k sortKey) after(p params, key []string) error {
	p["after_key"], p["after_id"] = key[0], key[1]
	if !k.numeric {
		return nil
	}
	number, err := strconv.ParseInt(key[0], 10, 64)
	if err != nil {
		return badCursor()
	}
	p["after_key"] = number
	return nil
}

func unknownSort() error {
	return domain.Invalid(domain.FieldError{Parameter: "sort", Detail: "is not an order of this list"})
}
