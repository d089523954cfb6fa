package commands

import (
	"context"

	"parley/domain/directory"
)

// MirrorBusinessUnit records a business unit as the commerce system has it now. The organization
// is the actor's.
type MirrorBusinessUnit struct {
	Request
	Value directory.BusinessUnitMirrored
}

// MirrorBusinessUnitHandler handles [MirrorBusinessUnit].
type MirrorBusinessUnitHandler struct{ Directory *Directory }

// Handle mirrors the value; an equal one changes nothing. It needs the
// permission to administer. Error: invalid with all field errors.
func (h MirrorBusinessUnitHandler) Handle(ctx context.Context, c MirrorBusinessUnit) (MirrorAnswer, error) {
	c.Value.Organization = c.Actor.Organization
	return mirror(ctx, h.Directory.BusinessUnits, directory.BusinessUnitID(c.Actor.Organization, c.Value.ID), c.Request, c.Value)
}
