package queries

import (
	"context"
	_ "embed"
	"fmt"
	"time"

	"github.com/google/uuid"

	"parley/domain"
	"parley/domain/access"
	"parley/domain/attachment"
	"parley/domain/conversation"
	"parley/domain/sqldb"
)

//go:embed conversation_rows.sql
var conversationRowsSQL clause

// conversationRow is a conversation as its row says it, without names. The
// messages' columns are those of the actor's audience.
type conversationRow struct {
	sortKey, id, name, status     string
	revision                      int64
	owner, customerUser, customer string
	source                        domain.Record
	createdAt, updatedAt          int64
	count                         int64
	last                          lastMessage
	participant, starter          bool
	cursor, threadCount           int64
}

// lastMessage is the last message; at is nil when there is none.
type lastMessage struct {
	publicNumber *int64
	at           *int64
	from, author domain.Person
	body         string
	internal     bool
	attachments  attachment.Files
	editedAt     int64
	redacted     bool
}

func scanConversation(row sqldb.Row) (conversationRow, error) {
	var (
		c                    conversationRow
		fromKind, authorKind string
		attachments          string
	)
	err := row.Scan(&c.sortKey, &c.id, &c.name, &c.status, &c.revision,
		&c.owner, &c.customerUser, &c.customer, &c.source.Type, &c.source.ID,
		&c.createdAt, &c.updatedAt, &c.count, &c.last.at, &c.last.publicNumber,
		&fromKind, &c.last.from.ID, &authorKind, &c.last.author.ID, &c.last.body, &c.last.internal,
		&c.last.editedAt, &c.last.redacted, &attachments,
		&c.participant, &c.starter, &c.cursor, &c.threadCount)
	c.last.from.Kind, c.last.author.Kind = domain.Kind(fromKind), domain.Kind(authorKind)
	if err == nil {
		c.last.attachments, err = attachment.ReadFiles(attachments)
	}
	return c, err
}

// readConversations reads the conversations of a page, a clause that yields
// organization, conversation and sort key, with all that belongs to them.
func (s Sources) readConversations(ctx context.Context, a access.Actor, p params) ([]ConversationResult, []conversationRow, error) {
	found, err := collect(ctx, s.DB, p, conversationRowsSQL, scanConversation)
	if err != nil {
		return nil, nil, fmt.Errorf("read conversations: %w", err)
	}
	if len(found) == 0 {
		return nil, nil, nil
	}
	around, err := s.readSurroundings(ctx, p, found)
	if err != nil {
		return nil, nil, err
	}
	known := newNames(a.IsCustomer())
	for i := range found {
		found[i].wantNames(known, around)
	}
	if err := known.read(ctx, s.DB, p); err != nil {
		return nil, nil, err
	}
	out := make([]ConversationResult, len(found))
	for i := range found {
		if out[i], err = s.result(ctx, a, &found[i], around, known); err != nil {
			return nil, nil, err
		}
	}
	return out, found, nil
}

// wantNames asks for all that the conversation shows by name.
func (c *conversationRow) wantNames(n *names, around surroundings) {
	n.want(c.source)
	n.wantCustomer(c.customer)
	for _, p := range []domain.Person{domain.User(c.owner), domain.CustomerUser(c.customerUser), c.last.from, c.last.author} {
		n.wantPerson(p)
	}
	for _, r := range around.contexts[c.id] {
		n.want(r)
	}
	for _, p := range around.participants[c.id] {
		n.wantPerson(p.person)
	}
}

// result puts a conversation together as the actor sees it.
func (s Sources) result(ctx context.Context, a access.Actor, c *conversationRow, around surroundings, n *names) (ConversationResult, error) {
	id, err := uuid.Parse(c.id)
	if err != nil {
		return ConversationResult{}, fmt.Errorf("read conversation id: %w", err)
	}
	out := ConversationResult{
		ID: id, Name: c.name, Status: conversation.Status(c.status), Revision: c.revision,
		Owner: n.person(domain.User(c.owner)), CustomerUser: n.person(domain.CustomerUser(c.customerUser)),
		Customer: n.customers[c.customer], MessageCount: int(c.count), LastMessage: c.lastMessage(id, a, n),
		Mine: c.participant || c.starter, CreatedAt: timeOf(c.createdAt), UpdatedAt: timeOf(c.updatedAt),
	}
	if !c.source.IsZero() {
		source, _ := n.record(c.source)
		out.Source = &source
	}
	for _, r := range around.contexts[c.id] {
		if shown, visible := n.record(r); visible {
			out.Contexts = append(out.Contexts, shown)
		}
	}
	for _, p := range around.participants[c.id] {
		out.Participants = append(out.Participants, Participant{Person: n.person(p.person), ReadUpTo: int(p.readUpTo), Muted: p.muted})
	}
	if c.participant {
		out.Unread = int(max(0, c.threadCount-c.cursor))
	}
	out.Actions, err = s.actions(ctx, a, c, n.people[domain.User(c.owner)].unit)
	return out, err
}

func (c *conversationRow) lastMessage(id uuid.UUID, a access.Actor, n *names) *Message {
	if c.last.at == nil {
		return nil
	}
	public := 0
	if c.last.publicNumber != nil {
		public = int(*c.last.publicNumber)
	}
	out := &Message{
		ID: conversation.MessageID(id, int(c.count), public), Number: int(c.count),
		Body: c.last.body, From: n.person(c.last.from), Internal: c.last.internal, At: timeOf(*c.last.at),
		EditedAt: timeIfAny(c.last.editedAt), Redacted: c.last.redacted, Attachments: c.last.attachments,
	}
	if !a.IsCustomer() {
		author := n.person(c.last.author)
		out.Author = &author
	}
	return out
}

func (s Sources) actions(ctx context.Context, a access.Actor, c *conversationRow, ownerUnit string) ([]access.Action, error) {
	units, err := s.Lineage.UnitPath(ctx, a.Organization, ownerUnit)
	if err != nil {
		return nil, fmt.Errorf("find units above the owner: %w", err)
	}
	customers, err := s.Lineage.CustomerPath(ctx, a.Organization, c.customer)
	if err != nil {
		return nil, fmt.Errorf("find customers above: %w", err)
	}
	return a.Actions(access.Facts{
		Organization: a.Organization, Owner: c.owner, OwnerUnits: units,
		CustomerUser: c.customerUser, Customers: customers,
		Participant: c.participant, Active: c.status == string(conversation.Active),
		Closed: c.status == string(conversation.IsClosed),
	}), nil
}

func person(kind, id, name string) Person {
	return Person{Person: domain.Person{Kind: domain.Kind(kind), ID: id}, Name: name}
}

// timeOf returns a stored time.
func timeOf(micros int64) time.Time { return time.UnixMicro(micros).UTC() }

// timeIfAny returns a stored time where 0 is none.
func timeIfAny(micros int64) *time.Time {
	if micros == 0 {
		return nil
	}
	return new(timeOf(micros))
}
