package commands

import (
	"context"

	"parley/domain"
	"parley/domain/directory"
)

// MirrorRecordType records a record type as the commerce system has it now. The organization
// is the actor's.
type MirrorRecordType struct {
	Request
	Value directory.RecordTypeMirrored
}

// MirrorRecordTypeHandler handles [MirrorRecordType].
type MirrorRecordTypeHandler struct{ Directory *Directory }

// Handle mirrors the value; an equal one changes nothing. It needs the
// permission to administer. Error: invalid with all field errors.
func (h MirrorRecordTypeHandler) Handle(ctx context.Context, c MirrorRecordType) (MirrorAnswer, error) {
	c.Value.Organization = c.Actor.Organization
	return mirror(ctx, h.Directory.RecordTypes, directory.RecordTypeID(c.Actor.Organization, c.Value.Type), c.Request, c.Value, c.reserved()...)
}

// noSource is what lists are asked for to find conversations without a source.
const noSource = "none"

// reserved refuses the types that people have as contexts, and what stands for
// no record.
func (c MirrorRecordType) reserved() []domain.FieldError {
	switch {
	case domain.Kind(c.Value.Type).IsPerson():
		return []domain.FieldError{{Parameter: "type", Detail: "is the type of people; choose another one"}}
	case c.Value.Type == noSource:
		return []domain.FieldError{{Parameter: "type", Detail: "stands for no record; choose another one"}}
	}
	return nil
}
