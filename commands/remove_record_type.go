package commands

import (
	"context"

	"parley/domain/directory"
)

// RemoveRecordType says that the commerce system no longer has a record type.
type RemoveRecordType struct {
	Request
	Type string
}

// RemoveRecordTypeHandler handles [RemoveRecordType].
type RemoveRecordTypeHandler struct{ Directory *Directory }

// Handle removes it; nothing happens when it is not there. It needs the
// permission to administer.
func (h RemoveRecordTypeHandler) Handle(ctx context.Context, c RemoveRecordType) (Done, error) {
	return remove(ctx, h.Directory.RecordTypes, directory.RecordTypeID(c.Actor.Organization, c.Type), c.Request)
}
