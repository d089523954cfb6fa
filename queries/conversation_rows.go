package queries

import (
	"context"
	_ "embed"
	"fmt"
	"time"

	"github.com/google/uuid"

	"parley/domain"
	"parley/domain/access"
	"parley/domain/conversation"
	"parley/domain/sqldb"
)

//go:embed conversation_rows.sql
var conversationRowsSQL clause

// forUsers and forCustomers name what each audience sees of a conversation's
// messages.
var (
	forUsers = params{
		"message_columns": clause(`c.updated_at, c.message_count, c.last_at, c.last_public_number,
  coalesce({from_kind}, ''), coalesce({from_id}, ''), coalesce({author_kind}, ''), coalesce({author_id}, ''),
  coalesce(c.last_body, ''), coalesce(c.last_internal, false)`),
		"from_kind": clause(`c.last_from_kind`), "from_id": clause(`c.last_from_id`),
		"author_kind": clause(`c.last_author_kind`), "author_id": clause(`c.last_author_id`),
		"last_body": clause(`c.last_body`), "count": clause(`c.message_count`), "last_at": clause(`c.last_at`), "sort_at": clause(`c.sort_at`),
		"updated_at": clause(`a.updated_at`), "participant_visible": clause(`true`),
	}
	forCustomers = params{
		"message_columns": clause(`c.public_updated_at, c.public_message_count, c.public_last_at, c.public_message_count,
  coalesce({from_kind}, ''), coalesce({from_id}, ''), '', '',
  coalesce(c.public_last_body, ''), false`),
		"from_kind": clause(`c.public_last_from_kind`), "from_id": clause(`c.public_last_from_id`),
		"author_kind": clause(`''`), "author_id": clause(`''`),
		"last_body": clause(`c.public_last_body`), "count": clause(`c.public_message_count`), "last_at": clause(`c.public_last_at`), "sort_at": clause(`c.public_sort_at`),
		"updated_at": clause(`a.public_updated_at`), "participant_visible": clause(`t.kind = {kind} and t.person = {person}`),
	}
)

// asSeenBy returns the params of a question about conversations.
func asSeenBy(a access.Actor) params {
	audience := forUsers
	if a.IsCustomer() {
		audience = forCustomers
	}
	p := about(a)
	for name, c := range audience {
		p[name] = c
	}
	p["record_visible"], p["person_visible"] = visibleThings(a)
	return p
}

// conversationRow is a conversation and what is only used on the way to it.
type conversationRow struct {
	ConversationResult
	sortKey     string
	ownerUnit   string
	participant bool
}

// readConversations reads the conversations of a page, a clause that yields
// organization, conversation and sort key, with all that belongs to them.
func (s Sources) readConversations(ctx context.Context, a access.Actor, p params) ([]conversationRow, error) {
	found, err := collect(ctx, s.DB, p, conversationRowsSQL, func(row sqldb.Row) (conversationRow, error) {
		return scanConversation(row, a)
	})
	if err != nil {
		return nil, fmt.Errorf("read conversations: %w", err)
	}
	if len(found) == 0 {
		return nil, nil
	}
	if err := s.addSurroundings(ctx, p, found); err != nil {
		return nil, err
	}
	for i := range found {
		if err := s.addActions(ctx, a, &found[i]); err != nil {
			return nil, err
		}
	}
	return found, nil
}

func (s Sources) addActions(ctx context.Context, a access.Actor, c *conversationRow) error {
	units, err := s.Lineage.UnitPath(ctx, a.Organization, c.ownerUnit)
	if err != nil {
		return fmt.Errorf("find units above the owner: %w", err)
	}
	customers, err := s.Lineage.CustomerPath(ctx, a.Organization, c.Customer.ID)
	if err != nil {
		return fmt.Errorf("find customers above: %w", err)
	}
	c.Actions = a.Actions(access.Facts{
		Organization: a.Organization, Owner: c.Owner.ID, OwnerUnits: units,
		CustomerUser: c.CustomerUser.ID, Customers: customers,
		Participant: c.participant, Active: c.Status == conversation.Active,
	})
	return nil
}

// lastMessage is the last message as its columns say it.
type lastMessage struct {
	number, publicNumber                   int64
	at                                     *int64
	fromKind, fromID, authorKind, authorID string
	fromName, authorName, body             string
	internal                               bool
}

func scanConversation(row sqldb.Row, a access.Actor) (conversationRow, error) {
	var (
		c                               conversationRow
		id, status, sourceType          string
		sourceID, sourceLabel, url      string
		created, updated, cursor, count int64
		starter                         bool
		last                            lastMessage
		publicNumber                    *int64
	)
	err := row.Scan(&c.sortKey, &id, &c.Name, &status, &c.Revision,
		&c.Owner.ID, &c.Owner.Name, &c.ownerUnit, &c.CustomerUser.ID, &c.CustomerUser.Name,
		&c.Customer.ID, &c.Customer.Name, &sourceType, &sourceID, &sourceLabel, &url,
		&created, &updated, &last.number, &last.at, &publicNumber,
		&last.fromKind, &last.fromID, &last.authorKind, &last.authorID, &last.body, &last.internal,
		&last.fromName, &last.authorName, &c.participant, &starter, &cursor, &count)
	if err != nil {
		return c, err
	}
	if c.ID, err = uuid.Parse(id); err != nil {
		return c, err
	}
	if publicNumber != nil {
		last.publicNumber = *publicNumber
	}
	c.Status, c.Owner.Kind, c.CustomerUser.Kind = conversation.Status(status), domain.KindUser, domain.KindCustomerUser
	c.CreatedAt, c.UpdatedAt, c.Mine = timeOf(created), timeOf(updated), c.participant || starter
	c.MessageCount, c.LastMessage = int(last.number), last.message(c.ID, a)
	if sourceType != "" {
		c.Source = &Record{Record: domain.Record{Type: sourceType, ID: sourceID}, Label: sourceLabel, URL: url}
	}
	if c.participant {
		c.Unread = int(max(0, count-cursor))
	}
	return c, nil
}

func (m lastMessage) message(id uuid.UUID, a access.Actor) *Message {
	if m.at == nil {
		return nil
	}
	out := &Message{
		ID:     conversation.MessageID(id, int(m.number), int(m.publicNumber)),
		Number: int(m.number), Body: m.body, Internal: m.internal, At: timeOf(*m.at),
		From: person(m.fromKind, m.fromID, m.fromName),
	}
	if !a.IsCustomer() {
		author := person(m.authorKind, m.authorID, m.authorName)
		out.Author = &author
	}
	return out
}

func person(kind, id, name string) Person {
	return Person{Person: domain.Person{Kind: domain.Kind(kind), ID: id}, Name: name}
}

// timeOf returns a stored time.
func timeOf(micros int64) time.Time { return time.UnixMicro(micros).UTC() }
