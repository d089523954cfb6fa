package queries

import (
	"context"
	_ "embed"
	"fmt"

	"github.com/google/uuid"

	"parley/domain/access"
	"parley/domain/attachment"
	"parley/domain/conversation"
	"parley/domain/eventlog"
	"parley/domain/sqldb"
)

//go:embed messages.sql
var messagesSQL clause

// Messages asks for a run of a conversation's messages: the last ones, those
// before a number, or those after one. Numbers are those that the actor sees.
type Messages struct {
	Actor        access.Actor
	Conversation uuid.UUID
	Limit        int  // 0: 5; at most 200
	Before       *int // exclusive
	After        *int // exclusive; the run then begins behind it
	Filter       MessageFilter
	Sort         MessageSort // empty: by number
	MinPosition  eventlog.Position
}

const defaultMessages = 5

// MessagesResult is the run in its order, and whether there is more around it
// that passes the filter: before its oldest and after its newest message.
type MessagesResult struct {
	Items    []Message
	HasOlder bool
	HasNewer bool
}

// MessagesHandler answers [Messages].
type MessagesHandler struct{ Sources }

// Handle returns the run. Errors: domain.CodeNotFound when the actor may not view
// the conversation, domain.CodeInvalid for an unknown sort and for a text that
// cannot be looked for.
func (h MessagesHandler) Handle(ctx context.Context, q Messages) (MessagesResult, error) {
	readModels := []string{timelines, conversations, inboxes, directory}
	if q.Filter.Text != "" {
		readModels = append(readModels, search)
	}
	if err := h.wait(ctx, q.MinPosition, readModels...); err != nil {
		return MessagesResult{}, err
	}
	counts, err := h.countMessages(ctx, q)
	if err != nil {
		return MessagesResult{}, err
	}
	if err := q.check(); err != nil {
		return MessagesResult{}, err
	}
	if !q.Filter.isZero() || q.Sort.byTime() {
		return h.readFiltered(ctx, q, counts)
	}
	items, err := h.readMessages(ctx, q, q.params(counts))
	return q.result(items, counts), err
}

// readMessages reads the run that the params say, oldest first.
func (h MessagesHandler) readMessages(ctx context.Context, q Messages, p params) ([]Message, error) {
	items, err := collect(ctx, h.DB, p, messagesSQL, func(row sqldb.Row) (Message, error) {
		return scanMessage(row, q)
	})
	if err != nil {
		return nil, fmt.Errorf("read messages: %w", err)
	}
	return items, nil
}

// counts is the number of all messages, and of those that customer users see.
type counts struct{ all, public int64 }

const messageCounts clause = `select n.message_count, n.public_message_count
from timelines.conversations n
join conversations.conversations c on c.organization = n.organization and c.conversation = n.conversation
where n.organization = {organization} and n.conversation = {id} and not n.deleted and not c.deleted and {visible}`

func (h MessagesHandler) countMessages(ctx context.Context, q Messages) (counts, error) {
	p := about(q.Actor)
	p["id"], p["visible"] = q.Conversation.String(), visibleRow(q.Actor)
	found, err := collect(ctx, h.DB, p, messageCounts, func(row sqldb.Row) (counts, error) {
		var n counts
		err := row.Scan(&n.all, &n.public)
		return n, err
	})
	if err != nil {
		return counts{}, fmt.Errorf("count messages: %w", err)
	}
	if len(found) == 0 {
		return counts{}, noConversation()
	}
	return found[0], nil
}

// The ranges by overall and by public numbers. A public number is the overall
// one less the internal messages before, of which there are at most as many as
// in all: that bounds the rows looked at to the page and the internal ones.
const (
	allMessages    clause = `m.number > {after} and m.number < {before}`
	publicMessages clause = `m.number > {after} and m.number < {bound} and not m.internal
    and m.public_number > {after} and m.public_number < {before}`
)

func (q Messages) params(n counts) params {
	p := about(q.Actor)
	p["id"], p["limit"] = q.Conversation.String(), rowLimit(pageLimit(q.Limit, defaultMessages))
	p["range"], p["direction"] = allMessages, descending
	p["inner_order"], p["outer_order"] = clause(`m.number {direction}`), clause(`m.number`)
	before := q.count(n) + 1
	if q.Before != nil {
		before = min(before, int64(*q.Before))
	}
	p["after"], p["before"] = int64(0), before
	if q.Actor.IsCustomer() {
		p["range"], p["bound"] = publicMessages, before+n.all-n.public
	}
	if q.After != nil {
		p["after"], p["direction"] = max(0, int64(*q.After)), ascending
	}
	return p
}

func (q Messages) count(n counts) int64 {
	if q.Actor.IsCustomer() {
		return n.public
	}
	return n.all
}

// result tells what is around the run: numbers have no gaps, so an end of it
// that is not an end of the conversation has a neighbour.
func (q Messages) result(items []Message, n counts) MessagesResult {
	out, last := MessagesResult{Items: q.Sort.turned(items)}, int(q.count(n))
	switch {
	case len(items) > 0:
		out.HasOlder, out.HasNewer = items[0].Number > 1, items[len(items)-1].Number < last
	case q.After != nil:
		out.HasOlder = last > 0 && *q.After > 0
		out.HasNewer = *q.After < last
	default:
		out.HasNewer = last > 0
	}
	return out
}

func scanMessage(row sqldb.Row, q Messages) (Message, error) {
	var (
		m                              Message
		number, public, at, edited     int64
		fromKind, fromID, fromName     string
		authorKind, authorID, authored string
		attachments                    string
	)
	err := row.Scan(&number, &public, &m.Body, &m.Internal, &at, &edited, &m.Redacted,
		&fromKind, &fromID, &fromName, &authorKind, &authorID, &authored, &attachments)
	if err == nil {
		m.Attachments, err = attachment.ReadFiles(attachments)
	}
	m.ID = conversation.MessageID(q.Conversation, int(number), int(public))
	m.Number, m.From = int(number), person(fromKind, fromID, fromName)
	m.At, m.EditedAt = timeOf(at), timeIfAny(edited)
	if q.Actor.IsCustomer() {
		m.Number = int(public)
		return m, err
	}
	author := person(authorKind, authorID, authored)
	m.Author = &author
	return m, err
}
