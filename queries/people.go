package queries

import (
	"context"
	"fmt"

	"parley/domain"
	"parley/domain/access"
	"parley/domain/eventlog"
	"parley/domain/sqldb"
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

const people clause = `select p.kind, p.id, p.name from directory.people p
where p.organization = {organization} and not p.removed and p.enabled and {where}
order by p.name, p.kind, p.id limit {limit}`

// Handle returns the page. A cursor that is not one of this list is
// domain.CodeMalformed.
func (h PeopleHandler) Handle(ctx context.Context, q People) (PeopleResult, error) {
	list, limit := sumOf("people", q.Kind, q.Text), pageLimit(q.Limit, defaultLimit)
	after, err := parseCursor(q.Cursor, list, 3)
	if err != nil {
		return PeopleResult{}, err
	}
	if err := h.wait(ctx, q.MinPosition, directory); err != nil {
		return PeopleResult{}, err
	}
	p := about(q.Actor)
	_, where := visibleThings(q.Actor)
	p["where"], p["limit"] = lookUp(p, "p", where, `p.kind in ({kinds})`, texts(q.Kind), q.Text, after), rowLimit(limit+1)
	found, err := collect(ctx, h.DB, p, people, scanPerson)
	if err != nil {
		return PeopleResult{}, fmt.Errorf("look up people: %w", err)
	}
	out := PeopleResult{Items: found}
	if len(found) > limit {
		last := found[limit-1]
		out.Items = found[:limit]
		out.NextCursor = cursor{list, []string{last.Name, string(last.Kind), last.ID}}.String()
	}
	return out, nil
}

func scanPerson(row sqldb.Row) (Person, error) {
	var kind, id, name string
	err := row.Scan(&kind, &id, &name)
	return person(kind, id, name), err
}
