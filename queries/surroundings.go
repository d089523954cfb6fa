package queries

import (
	"context"
	_ "embed"
	"fmt"

	"parley/domain"
	"parley/domain/sqldb"
)

var (
	//go:embed contexts.sql
	contextsSQL clause
	//go:embed participants.sql
	participantsSQL clause
)

// surroundings is what belongs to the conversations of a page, by their ids.
type surroundings struct {
	contexts     map[string][]domain.Record
	participants map[string][]participation
}

// participation is a participant without the name.
type participation struct {
	person   domain.Person
	readUpTo int64 // in the actor's numbering
	muted    bool
}

// readSurroundings reads the contexts and participants of all conversations.
func (s Sources) readSurroundings(ctx context.Context, p params, found []conversationRow) (surroundings, error) {
	out := surroundings{map[string][]domain.Record{}, map[string][]participation{}}
	ids := make([]string, len(found))
	for i := range found {
		ids[i] = found[i].id
	}
	p["conversations"] = padded(ids)
	_, err := collect(ctx, s.DB, p, contextsSQL, out.addContext)
	if err != nil {
		return out, fmt.Errorf("read contexts: %w", err)
	}
	_, err = collect(ctx, s.DB, p, participantsSQL, out.addParticipant)
	if err != nil {
		return out, fmt.Errorf("read participants: %w", err)
	}
	return out, nil
}

func (s surroundings) addContext(row sqldb.Row) (struct{}, error) {
	var (
		conversation string
		r            domain.Record
	)
	err := row.Scan(&conversation, &r.Type, &r.ID)
	s.contexts[conversation] = append(s.contexts[conversation], r)
	return struct{}{}, err
}

func (s surroundings) addParticipant(row sqldb.Row) (struct{}, error) {
	var (
		conversation, kind string
		p                  participation
	)
	err := row.Scan(&conversation, &kind, &p.person.ID, &p.readUpTo, &p.muted)
	p.person.Kind = domain.Kind(kind)
	s.participants[conversation] = append(s.participants[conversation], p)
	return struct{}{}, err
}
