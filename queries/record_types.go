package queries

import (
	"context"
	"fmt"

	"parley/domain/access"
	"parley/domain/eventlog"
	"parley/domain/sqldb"
)

// RecordTypes asks for the registered types of records, by label.
type RecordTypes struct {
	Actor       access.Actor
	Limit       int // 0: 50; at most 200
	Cursor      string
	MinPosition eventlog.Position
}

// RecordType is a registered type of records.
type RecordType struct {
	Type  string
	Label string
}

// RecordTypesResult is one page of the organization's types. NextCursor is empty
// at the end.
type RecordTypesResult struct {
	Items      []RecordType
	NextCursor string
}

// RecordTypesHandler answers [RecordTypes].
type RecordTypesHandler struct{ Sources }

const recordTypes clause = `select y.type, y.label from directory.record_types y
where y.organization = {organization} and not y.removed and {where}
order by y.label, y.type limit {limit}`

// Handle returns the page. A cursor that is not one of this list is
// domain.CodeMalformed.
func (h RecordTypesHandler) Handle(ctx context.Context, q RecordTypes) (RecordTypesResult, error) {
	list, limit := sumOf("record types"), pageLimit(q.Limit, defaultLimit)
	after, err := parseCursor(q.Cursor, list, 2)
	if err != nil {
		return RecordTypesResult{}, err
	}
	if err := h.wait(ctx, q.MinPosition, directory); err != nil {
		return RecordTypesResult{}, err
	}
	p := about(q.Actor)
	p["where"], p["limit"] = clause(`true`), rowLimit(limit+1)
	if after != nil {
		p["where"], p["label"], p["type"] = clause(`(y.label, y.type) > ({label}, {type})`), after[0], after[1]
	}
	found, err := collect(ctx, h.DB, p, recordTypes, func(row sqldb.Row) (RecordType, error) {
		var t RecordType
		err := row.Scan(&t.Type, &t.Label)
		return t, err
	})
	if err != nil {
		return RecordTypesResult{}, fmt.Errorf("read record types: %w", err)
	}
	out := RecordTypesResult{Items: found}
	if len(found) > limit {
		last := found[limit-1]
		out.Items = found[:limit]
		out.NextCursor = cursor{list, []string{last.Label, last.Type}}.String()
	}
	return out, nil
}
