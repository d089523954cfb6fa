package queries

import (
	"context"

	"parley/domain"
	"parley/domain/access"
	"parley/domain/eventlog"
)

// People asks for the enabled people that the actor may view, by name.
type People struct {
	Actor       access.Actor
	Kind        []domain.Kind // empty: both
	Text        string        // substring of name or id, in any case
	Limit       int           // 0: 50; at most 200
	Cursor      string
	MinPosition eventlog.Position
}

// PeopleResult is one page of people. NextCursor is empty at the end.
type PeopleResult struct {
	Items      []Person
	NextCursor string
}

// PeopleHandler answers [People].
type PeopleHandler struct{ Sources }

// Handle returns the page. A cursor that is not one of this list is
// domain.CodeMalformed.
func (h PeopleHandler) Handle(ctx context.Context, q People) (PeopleResult, error) {
	return PeopleResult{}, nil
}
