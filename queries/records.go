package queries

import (
	"context"
	"fmt"

	"parley/domain/access"
	"parley/domain/eventlog"
	"parley/domain/sqldb"
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

const records clause = `select r.type, r.id, r.label, r.url from directory.records r
where r.organization = {organization} and not r.removed and {where}
order by r.label, r.type, r.id limit {limit}`

// Handle returns the page. A cursor that is not one of this list is
// domain.CodeMalformed.
func (h RecordsHandler) Handle(ctx context.Context, q Records) (RecordsResult, error) {
	list, limit := sumOf("records", q.Type, q.Text), pageLimit(q.Limit, defaultLimit)
	after, err := parseCursor(q.Cursor, list, 3)
	if err != nil {
		return RecordsResult{}, err
	}
	if err := h.wait(ctx, q.MinPosition, directory); err != nil {
		return RecordsResult{}, err
	}
	p := about(q.Actor)
	where, _ := visibleThings(q.Actor)
	p["where"], p["limit"] = lookUp(p, "r", where, `r.type in ({kinds})`, q.Type, q.Text, after), rowLimit(limit+1)
	found, err := collect(ctx, h.DB, p, records, scanRecord)
	if err != nil {
		return RecordsResult{}, fmt.Errorf("look up records: %w", err)
	}
	out := RecordsResult{Items: found}
	if len(found) > limit {
		last := found[limit-1]
		out.Items = found[:limit]
		out.NextCursor = cursor{list, []string{last.Label, last.Type, last.ID}}.String()
	}
	return out, nil
}

func scanRecord(row sqldb.Row) (Record, error) {
	var r Record
	err := row.Scan(&r.Type, &r.ID, &r.Label, &r.URL)
	return r, err
}
