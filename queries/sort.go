package queries

// Sort is an order of conversations: one of [Sorts], or that with a leading "-"
// for the descending order. Equal ones are ordered by id.
type Sort string

// The orders, ascending. People and customers are ordered by their names.
// LastMessage is the creation for conversations without messages.
const (
	SortName         Sort = "name"
	SortStatus       Sort = "status"
	SortMessageCount Sort = "message_count"
	SortOwner        Sort = "owner"
	SortCustomer     Sort = "customer"
	SortCustomerUser Sort = "customer_user"
	SortCreatedAt    Sort = "created_at"
	SortLastMessage  Sort = "last_message"
)

// Sorts lists the orders, ascending.
var Sorts = []Sort{
	SortName, SortStatus, SortMessageCount, SortOwner,
	SortCustomer, SortCustomerUser, SortCreatedAt, SortLastMessage,
}
