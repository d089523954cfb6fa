package queries

import (
	"context"

	"parley/domain"
	"parley/domain/access"
	"parley/domain/eventlog"
)

// RecordView asks for one business record, or one person as a record.
type RecordView struct {
	Actor       access.Actor
	Record      domain.Record
	MinPosition eventlog.Position
}

// RecordViewResult is the record and who it belongs to; what it does not belong
// to is nil.
type RecordViewResult struct {
	Record
	CustomerUser *Person
	Customer     *Customer
	Owner        *Person
}

// RecordViewHandler answers [RecordView].
type RecordViewHandler struct{ Sources }

// Handle returns the record, or an error of domain.CodeNotFound when it is
// unknown, removed, or the actor may not view it.
func (h RecordViewHandler) Handle(ctx context.Context, q RecordView) (RecordViewResult, error) {
	return RecordViewResult{}, nil
}
