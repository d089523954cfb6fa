package queries

import (
	"context"

	"parley/domain/access"
	"parley/domain/eventlog"
)

// RecordTypes asks for the registered types of records.
type RecordTypes struct {
	Actor       access.Actor
	MinPosition eventlog.Position
}

// RecordType is a registered type of records.
type RecordType struct {
	Type  string
	Label string
}

// RecordTypesResult is all types of the organization, by label.
type RecordTypesResult struct{ Items []RecordType }

// RecordTypesHandler answers [RecordTypes].
type RecordTypesHandler struct{ Sources }

// Handle returns the types.
func (h RecordTypesHandler) Handle(ctx context.Context, q RecordTypes) (RecordTypesResult, error) {
	return RecordTypesResult{}, nil
}
