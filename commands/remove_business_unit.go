package commands

import (
	"context"

	"parley/domain/directory"
)

// RemoveBusinessUnit says that the commerce system no longer has a business unit.
type RemoveBusinessUnit struct {
	Request
	ID string
}

// RemoveBusinessUnitHandler handles [RemoveBusinessUnit].
type RemoveBusinessUnitHandler struct{ Directory *Directory }

// Handle removes it; nothing happens when it is not there. It needs the
// permission to administer.
func (h RemoveBusinessUnitHandler) Handle(ctx context.Context, c RemoveBusinessUnit) (Done, error) {
	return remove(ctx, h.Directory.BusinessUnits, directory.BusinessUnitID(c.Actor.Organization, c.ID), c.Request)
}
