package commands

import (
	"context"

	"parley/domain"
	"parley/domain/directory"
)

// RemoveRecord says that the commerce system no longer has a record.
type RemoveRecord struct {
	Request
	Record domain.Record
}

// RemoveRecordHandler handles [RemoveRecord].
type RemoveRecordHandler struct{ Directory *Directory }

// Handle removes the record, whose label stays; nothing happens when it is not
// there. It needs the permission to administer.
func (h RemoveRecordHandler) Handle(ctx context.Context, c RemoveRecord) (Done, error) {
	return remove(ctx, h.Directory.Records, directory.RecordID(c.Actor.Organization, c.Record), c.Request)
}
