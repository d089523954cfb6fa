package commands

import (
	"context"

	"parley/domain/directory"
)

// MirrorRecord records a record as the commerce system has it now. The organization
// is the actor's.
type MirrorRecord struct {
	Request
	Value directory.RecordMirrored
}

// MirrorRecordHandler handles [MirrorRecord].
type MirrorRecordHandler struct{ Directory *Directory }

// Handle mirrors the value; an equal one changes nothing. It needs the
// permission to administer. Errors: not_found for a type that is not registered,
// invalid with all field errors.
func (h MirrorRecordHandler) Handle(ctx context.Context, c MirrorRecord) (MirrorAnswer, error) {
	c.Value.Organization = c.Actor.Organization
	if err := h.Directory.Records.enter(); err != nil {
		return MirrorAnswer{}, err
	}
	defer h.Directory.Records.leave()
	known, err := h.Directory.RecordType(ctx, c.Actor.Organization, c.Value.Type)
	if err != nil {
		return MirrorAnswer{}, err
	}
	if !known.Known || known.Removed {
		return MirrorAnswer{}, notFound("record type")
	}
	return mirror(ctx, h.Directory.Records, directory.RecordID(c.Actor.Organization, c.Value.Record()), c.Request, c.Value)
}
