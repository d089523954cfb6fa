package queries

import (
	"context"

	"parley/domain"
	"parley/domain/access"
	"parley/domain/eventlog"
)

// RecordActivities asks for the conversations that have a record (or a person)
// as a context, newest update first.
type RecordActivities struct {
	Actor       access.Actor
	Record      domain.Record
	Limit       int // 0: 50; at most 200
	Cursor      string
	MinPosition eventlog.Position
}

// RecordActivitiesHandler answers [RecordActivities].
type RecordActivitiesHandler struct{ Sources }

// Handle returns the page of conversations that the actor may view. Errors:
// domain.CodeMalformed for a cursor that is not one of this list,
// domain.CodeNotFound for a record that is unknown or that the actor may not
// view.
func (h RecordActivitiesHandler) Handle(ctx context.Context, q RecordActivities) (ConversationListResult, error) {
	return ConversationListResult{}, nil
}
