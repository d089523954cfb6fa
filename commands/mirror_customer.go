package commands

import (
	"context"

	"parley/domain/directory"
)

// MirrorCustomer records a customer as the commerce system has it now. The organization
// is the actor's.
type MirrorCustomer struct {
	Request
	Value directory.CustomerMirrored
}

// MirrorCustomerHandler handles [MirrorCustomer].
type MirrorCustomerHandler struct{ Directory *Directory }

// Handle mirrors the value; an equal one changes nothing. It needs the
// permission to administer. Error: invalid with all field errors.
func (h MirrorCustomerHandler) Handle(ctx context.Context, c MirrorCustomer) (MirrorAnswer, error) {
	c.Value.Organization = c.Actor.Organization
	return mirror(ctx, h.Directory.Customers, directory.CustomerID(c.Actor.Organization, c.Value.ID), c.Request, c.Value)
}
