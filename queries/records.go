package queries

import (
	"context"

	"parley/domain/access"
	"parley/domain/eventlog"
)

// Records asks for the business records that the actor may view, by label.
type Records struct {
	Actor       access.Actor
	Type        []string // empty: all
	Text        string   // substring of label or id, in any case
	Limit       int      // 0: 50; at most 200
	Cursor      string
	MinPosition eventlog.Position
}

// RecordsResult is one page of records. NextCursor is empty at the end.
type RecordsResult struct {
	Items      []Record
	NextCursor string
}

// RecordsHandler answers [Records].
type RecordsHandler struct{ Sources }

// Handle returns the page. A cursor that is not one of this list is
// domain.CodeMalformed.
func (h RecordsHandler) Handle(ctx context.Context, q Records) (RecordsResult, error) {
	return RecordsResult{}, nil
}
