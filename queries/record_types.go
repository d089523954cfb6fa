package queries

import (
	"context"
	"fmt"

	"parley/domain/access"
	"parley/domain/eventlog"
	"parley/domain/sqldb"
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

const recordTypes clause = `select y.type, y.label from directory.record_types y
where y.organization = {organization} and not y.removed order by y.label, y.type`

// Handle returns the types.
func (h RecordTypesHandler) Handle(ctx context.Context, q RecordTypes) (RecordTypesResult, error) {
	if err := h.wait(ctx, q.MinPosition, directory); err != nil {
		return RecordTypesResult{}, err
	}
	found, err := collect(ctx, h.DB, about(q.Actor), recordTypes, func(row sqldb.Row) (RecordType, error) {
		var t RecordType
		err := row.Scan(&t.Type, &t.Label)
		return t, err
	})
	if err != nil {
		return RecordTypesResult{}, fmt.Errorf("read record types: %w", err)
	}
	return RecordTypesResult{found}, nil
}
