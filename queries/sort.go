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

// sortKey is what a list is ordered by: a column of the row o of orders, or else
// of the row c.
type sortKey struct {
	expression clause
	ofOrders   bool
	numeric    bool
}

var sortKeys = map[Sort]sortKey{
	SortName:         {expression: `o.name`, ofOrders: true},
	SortStatus:       {expression: `o.status`, ofOrders: true},
	SortMessageCount: {expression: `{count}`, numeric: true},
	SortOwner:        {expression: `o.owner_name`, ofOrders: true},
	SortCustomer:     {expression: `o.customer_name`, ofOrders: true},
	SortCustomerUser: {expression: `o.customer_user_name`, ofOrders: true},
	SortCreatedAt:    {expression: `o.created_at`, ofOrders: true, numeric: true},
	SortUpdatedAt:    {expression: `{changed_at}`, numeric: true},
	SortLastMessage:  {expression: `{sort_at}`, numeric: true},
}

// unindexed returns the key as an expression that no index has, so that what is
// found is sorted and not everything looked through in order.
func (k sortKey) unindexed() clause {
	if k.numeric {
		return "(" + k.expression + " + 0)"
	}
	return "(" + k.expression + " || '')"
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
