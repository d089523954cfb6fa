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

// of is something that belongs to a conversation.
type of[T any] struct {
	conversation string
	it           T
}

// addSurroundings adds the contexts and participants of all conversations.
func (s Sources) addSurroundings(ctx context.Context, p params, found []conversationRow) error {
	ids := make([]string, len(found))
	index := make(map[string]*conversationRow, len(found))
	for i := range found {
		ids[i] = found[i].ID.String()
		index[ids[i]] = &found[i]
	}
	p["conversations"] = padded(ids)
	contexts, err := collect(ctx, s.DB, p, contextsSQL, scanContext)
	if err != nil {
		return fmt.Errorf("read contexts: %w", err)
	}
	for _, c := range contexts {
		index[c.conversation].Contexts = append(index[c.conversation].Contexts, c.it)
	}
	participants, err := collect(ctx, s.DB, p, participantsSQL, scanParticipant)
	if err != nil {
		return fmt.Errorf("read participants: %w", err)
	}
	for _, c := range participants {
		index[c.conversation].Participants = append(index[c.conversation].Participants, c.it)
	}
	return nil
}

func scanContext(row sqldb.Row) (of[Record], error) {
	var c of[Record]
	err := row.Scan(&c.conversation, &c.it.Type, &c.it.ID, &c.it.Label, &c.it.URL)
	return c, err
}

func scanParticipant(row sqldb.Row) (of[Participant], error) {
	var (
		c        of[Participant]
		kind     string
		readUpTo int64
	)
	err := row.Scan(&c.conversation, &kind, &c.it.Person.ID, &c.it.Person.Name, &readUpTo)
	c.it.Person.Kind, c.it.ReadUpTo = domain.Kind(kind), int(readUpTo)
	return c, err
}
