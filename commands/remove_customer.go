package commands

import (
	"context"

	"parley/domain/directory"
)

// RemoveCustomer says that the commerce system no longer has a customer.
type RemoveCustomer struct {
	Request
	ID string
}

// RemoveCustomerHandler handles [RemoveCustomer].
type RemoveCustomerHandler struct{ Directory *Directory }

// Handle removes it; nothing happens when it is not there. It needs the
// permission to administer.
func (h RemoveCustomerHandler) Handle(ctx context.Context, c RemoveCustomer) (Done, error) {
	return remove(ctx, h.Directory.Customers, directory.CustomerID(c.Actor.Organization, c.ID), c.Request)
}
